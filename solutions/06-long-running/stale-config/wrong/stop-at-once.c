/*
 * Wrong. The thread looks before each mail whether it is to end, and then ends.
 *
 * Tempting  a stop should be quick, and a flag is what one tells a thread by.
 * Refused   by a test: one mail is being judged and three wait when the filter is stopped. They are never judged, and
 *           their sender is not told.
 * Promise   each mail is judged by the rules in force as it begins, and they stay as they are until it ends.
 * test      fails judges_all_before_it_ends
 */
#include "filter.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { CAPACITY = 16 };

static struct {
	pthread_mutex_t lock;
	struct rules rules; /* in force; guarded by lock */
	bool ends;	    /* guarded by lock */
	struct queue mails;
	filter_judge *judge;
	pthread_t thread; /* joined by filter_stop() */
} filter = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *judge_all(void *arg)
{
	void *mail;

	while (queue_take(&filter.mails, &mail)) {
		CHECK(pthread_mutex_lock(&filter.lock));
		struct rules rules = filter.rules;
		bool ends = filter.ends;
		CHECK(pthread_mutex_unlock(&filter.lock));
		if (ends)
			break;
		filter.judge(&rules, (int)(intptr_t)mail);
	}
	return arg;
}

void filter_start(const struct rules *rules, filter_judge *judge)
{
	filter.rules = *rules;
	filter.judge = judge;
	queue_init(&filter.mails, CAPACITY);
	NEED(pthread_create(&filter.thread, NULL, judge_all, NULL));
}

void filter_put(int mail)
{
	REQUIRE(queue_put(&filter.mails, (void *)(intptr_t)mail));
}

void filter_set(const struct rules *rules)
{
	CHECK(pthread_mutex_lock(&filter.lock));
	filter.rules = *rules;
	CHECK(pthread_mutex_unlock(&filter.lock));
}

void filter_stop(void)
{
	CHECK(pthread_mutex_lock(&filter.lock));
	filter.ends = true;
	CHECK(pthread_mutex_unlock(&filter.lock));
	queue_close(&filter.mails);
	CHECK(pthread_join(filter.thread, NULL));
	queue_destroy(&filter.mails);
}
