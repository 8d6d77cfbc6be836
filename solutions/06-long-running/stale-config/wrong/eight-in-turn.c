/*
 * The rules have eight places, and each change takes the next one. The thread keeps a pointer.
 *
 * Tempting  nothing is freed, nothing grows, a change waits for nobody, and no mail takes as long as eight changes.
 * Refused   the test: one did, and from the eighth change on it was judged by other rules than it had begun with. A
 *           bigger ring is overrun as well, later.
 * test      fails keeps_the_rules_of_a_mail
 */
#include "filter.h"

#include <pthread.h>
#include <stdint.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { CAPACITY = 16, PLACES = 8 };

static struct {
	pthread_mutex_t lock;
	struct rules rules[PLACES]; /* guarded by lock */
	int current;		    /* in force; guarded by lock */
	struct queue mails;
	filter_judge *judge;
	pthread_t thread; /* joined by filter_stop() */
} filter = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *judge_all(void *arg)
{
	void *mail;

	while (queue_take(&filter.mails, &mail)) {
		CHECK(pthread_mutex_lock(&filter.lock));
		const struct rules *rules = &filter.rules[filter.current];
		CHECK(pthread_mutex_unlock(&filter.lock));
		filter.judge(rules, (int)(intptr_t)mail);
	}
	return arg;
}

void filter_start(const struct rules *rules, filter_judge *judge)
{
	filter.rules[0] = *rules;
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
	filter.current = (filter.current + 1) % PLACES;
	filter.rules[filter.current] = *rules;
	CHECK(pthread_mutex_unlock(&filter.lock));
}

void filter_stop(void)
{
	queue_close(&filter.mails);
	CHECK(pthread_join(filter.thread, NULL));
	queue_destroy(&filter.mails);
}
