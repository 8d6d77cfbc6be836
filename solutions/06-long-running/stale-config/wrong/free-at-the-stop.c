/*
 * Wrong. Old rules stay in a list, and filter_stop() frees them.
 *
 * Tempting  nothing is used after it was freed, everything is freed in the end, and every detector is silent.
 * Refused   by the test, which changes the rules a thousand times and looks at what is allocated: the end may be a year
 *           away. memcheck does not call it a leak, since somebody has a pointer to it.
 * Promise   each mail is judged by the rules in force as it begins, and they stay as they are until it ends.
 * test      fails keeps_the_rules_of_a_mail
 */
#include "filter.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { CAPACITY = 16 };

struct shared {
	struct rules rules; /* never changes */
	struct shared *next;
};

static struct {
	pthread_mutex_t lock;
	struct shared *rules; /* in force; guarded by lock */
	struct queue mails;
	filter_judge *judge;
	pthread_t thread; /* joined by filter_stop() */
} filter = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct shared *shared_new(const struct rules *rules)
{
	struct shared *shared = malloc(sizeof *shared);

	HAVE(shared);
	*shared = (struct shared){*rules, filter.rules};
	return shared;
}

static void *judge_all(void *arg)
{
	void *mail;

	while (queue_take(&filter.mails, &mail)) {
		CHECK(pthread_mutex_lock(&filter.lock));
		struct shared *shared = filter.rules;
		CHECK(pthread_mutex_unlock(&filter.lock));

		filter.judge(&shared->rules, (int)(intptr_t)mail);
	}
	return arg;
}

void filter_start(const struct rules *rules, filter_judge *judge)
{
	filter.rules = shared_new(rules);
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
	filter.rules = shared_new(rules);
	CHECK(pthread_mutex_unlock(&filter.lock));
}

void filter_stop(void)
{
	queue_close(&filter.mails);
	CHECK(pthread_join(filter.thread, NULL));
	queue_destroy(&filter.mails);
	while (filter.rules) {
		struct shared *one = filter.rules;
		filter.rules = one->next;
		free(one);
	}
}
