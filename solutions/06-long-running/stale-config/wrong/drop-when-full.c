/*
 * Wrong. A mail for which there is no room is left out.
 *
 * Tempting  nobody waits for a mail that takes long, and the queue has its bound.
 * Refused   by a test: forty mails are handed in while one is being judged, and not all of them are judged. Their
 *           sender is not even told.
 * Promise   each mail is judged by the rules in force as it begins, and they stay as they are until it ends.
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
		struct rules rules = filter.rules;
		CHECK(pthread_mutex_unlock(&filter.lock));

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
	if (!queue_offer(&filter.mails, (void *)(intptr_t)mail))
		return;
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
