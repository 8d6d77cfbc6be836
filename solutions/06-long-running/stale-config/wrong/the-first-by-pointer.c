/*
 * Wrong. The rules that the filter starts with are looked at where the caller has them;
 * those that come later are copied.
 *
 * Tempting  the first rules are a constant or on main()'s stack, and are there as long as the program is.
 * Refused   by the tests: the filter has a copy, so that the caller may change its own or let them go, and it has.
 * Promise   each mail is judged by the rules in force as it begins, and they stay as they are until it ends.
 * test      fails judges_all_before_it_ends, judges_by_the_new_rules, keeps_the_rules_of_a_mail
 */
#include "filter.h"

#include <pthread.h>
#include <stdint.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { CAPACITY = 16 };

static struct {
	pthread_mutex_t lock;
	struct rules changed;	   /* guarded by lock */
	const struct rules *rules; /* in force: the first, or `changed`; guarded by lock */
	struct queue mails;
	filter_judge *judge;
	pthread_t thread; /* joined by filter_stop() */
} filter = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *judge_all(void *arg)
{
	void *mail;

	while (queue_take(&filter.mails, &mail)) {
		CHECK(pthread_mutex_lock(&filter.lock));
		struct rules rules = *filter.rules;
		CHECK(pthread_mutex_unlock(&filter.lock));

		filter.judge(&rules, (int)(intptr_t)mail);
	}
	return arg;
}

void filter_start(const struct rules *rules, filter_judge *judge)
{
	filter.rules = rules;
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
	filter.changed = *rules;
	filter.rules = &filter.changed;
	CHECK(pthread_mutex_unlock(&filter.lock));
}

void filter_stop(void)
{
	queue_close(&filter.mails);
	CHECK(pthread_join(filter.thread, NULL));
	queue_destroy(&filter.mails);
}
