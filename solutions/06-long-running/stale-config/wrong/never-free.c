/*
 * The old rules are not freed at all.
 *
 * Tempting  what is never freed cannot be used after it was; a few bytes for each change, and changes are rare.
 * Refused   the test and memcheck: "the filter does not grow" was promised. It is a few bytes until somebody lets a
 *           program change the rules, each minute.
 * test      fails keeps_the_rules_of_a_mail
 * memcheck  fires  Leak_DefinitelyLost in rules_new
 */
#include "filter.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { CAPACITY = 16 };

static struct {
	pthread_mutex_t lock;
	struct rules *rules; /* in force; guarded by lock */
	struct queue mails;
	filter_judge *judge;
	pthread_t thread; /* joined by filter_stop() */
} filter = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct rules *rules_new(const struct rules *rules)
{
	struct rules *copy = malloc(sizeof *copy);

	HAVE(copy);
	*copy = *rules;
	return copy;
}

static void *judge_all(void *arg)
{
	void *mail;

	while (queue_take(&filter.mails, &mail)) {
		CHECK(pthread_mutex_lock(&filter.lock));
		const struct rules *rules = filter.rules;
		CHECK(pthread_mutex_unlock(&filter.lock));

		filter.judge(rules, (int)(intptr_t)mail);
	}
	return arg;
}

void filter_start(const struct rules *rules, filter_judge *judge)
{
	filter.rules = rules_new(rules);
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
	struct rules *copy = rules_new(rules);

	CHECK(pthread_mutex_lock(&filter.lock));
	filter.rules = copy;
	CHECK(pthread_mutex_unlock(&filter.lock));
}

void filter_stop(void)
{
	queue_close(&filter.mails);
	CHECK(pthread_join(filter.thread, NULL));
	queue_destroy(&filter.mails);
	free(filter.rules);
}
