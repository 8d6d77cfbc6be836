/*
 * The lock is held while a mail is judged.
 *
 * Tempting  nobody can change anything under a mail, there is no copy, and every detector is silent.
 * Refused   the test: filter_set() waits for a mail that takes long. A caller that changes the rules because of such a
 *           mail waits for just that one.
 * test      fails keeps_the_rules_of_a_mail
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
	void *mail;

	while (queue_take(&filter.mails, &mail)) {
		CHECK(pthread_mutex_lock(&filter.lock));
		filter.judge(&filter.rules, (int)(intptr_t)mail);
		CHECK(pthread_mutex_unlock(&filter.lock));
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
	queue_close(&filter.mails);
	CHECK(pthread_join(filter.thread, NULL));
	queue_destroy(&filter.mails);
}
