/*
 * The rules are replaced by an atomic exchange, without any lock, and the old ones are freed.
 *
 * Tempting  one instruction, no lock, nobody waits, and every mail reads the pointer anew: so it is done in Go.
 * Refused   memcheck: in Go somebody keeps the old rules alive for as long as a mail looks at them. Here they
 *           are freed under it. Atomic is the pointer, and not what it points to.
 * memcheck  fires  InvalidRead in judge
 */
#include "filter.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { CAPACITY = 16 };

static struct {
	_Atomic(struct rules *) rules; /* in force */
	struct queue mails;
	filter_judge *judge;
	pthread_t thread; /* joined by filter_stop() */
} filter;

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
		filter.judge(atomic_load(&filter.rules), (int)(intptr_t)mail);
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
	free(atomic_exchange(&filter.rules, rules_new(rules)));
}

void filter_stop(void)
{
	queue_close(&filter.mails);
	CHECK(pthread_join(filter.thread, NULL));
	queue_destroy(&filter.mails);
	free(filter.rules);
}
