/*
 * Yours to fix. The thread takes the rules with it as it starts.
 *
 * Promise   each mail is judged by the rules in force as it begins, and they stay as they are until it ends.
 * test      fails judges_by_the_new_rules, keeps_the_rules_of_a_mail, takes_a_change_as_a_whole
 * budget    fires rules_used in main when rules_used == rules_set, joined == started
 */
#include "filter.h"

#include <pthread.h>
#include <stdint.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { CAPACITY = 16 };

static struct {
	pthread_mutex_t lock;
	struct rules rules; /* in force; guarded by lock */
	struct queue mails;
	filter_judge *judge;
	pthread_t thread; /* joined by filter_stop() */
} filter = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *judge_all(void *arg)
{
	CHECK(pthread_mutex_lock(&filter.lock));
	struct rules rules = filter.rules;
	CHECK(pthread_mutex_unlock(&filter.lock));
	void *mail;

	while (queue_take(&filter.mails, &mail))
		filter.judge(&rules, (int)(intptr_t)mail);
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
	queue_close(&filter.mails);
	CHECK(pthread_join(filter.thread, NULL));
	queue_destroy(&filter.mails);
}
