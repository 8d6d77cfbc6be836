/*
 * What is to come lies in a place of its own. The filter's thread takes it over
 * between two mails, so that the rules which a mail is judged by belong to the
 * thread alone.
 *
 * Promise   each mail is judged by the rules in force as it begins, and they stay as they are until it ends.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when rules_used == rules_set, joined == started
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
	struct rules rules; /* of the thread, once it runs */
	struct rules next;  /* guarded by lock */
	bool changed;	    /* guarded by lock; `next` is to be taken over */
	struct queue mails;
	filter_judge *judge;
	pthread_t thread; /* joined by filter_stop() */
} filter = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *judge_all(void *arg)
{
	void *mail;

	while (queue_take(&filter.mails, &mail)) {
		CHECK(pthread_mutex_lock(&filter.lock));
		if (filter.changed)
			filter.rules = filter.next;
		filter.changed = false;
		CHECK(pthread_mutex_unlock(&filter.lock));

		filter.judge(&filter.rules, (int)(intptr_t)mail);
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
	filter.next = *rules;
	filter.changed = true;
	CHECK(pthread_mutex_unlock(&filter.lock));
}

void filter_stop(void)
{
	queue_close(&filter.mails);
	CHECK(pthread_join(filter.thread, NULL));
	queue_destroy(&filter.mails);
}
