/*
 * The new rules take the way of the mails: they are put into the queue, and the thread takes them over from there.
 *
 * Tempting  the thread owns the rules, nothing is shared, no lock is needed, and all comes in the order of its coming.
 * Refused   the test: the mails that were in the queue before are begun after the change, and by the old rules. And
 *           when the queue is full, filter_set() waits until a mail has been judged.
 * test      fails keeps_the_rules_of_a_mail
 */
#include "filter.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { CAPACITY = 16 };

static struct {
	struct queue mails;
	filter_judge *judge;
	pthread_t thread; /* joined by filter_stop() */
} filter;

struct item {
	bool is_rules;
	struct rules rules;
	int mail;
};

static void put(struct item item)
{
	struct item *own = malloc(sizeof *own);

	HAVE(own);
	*own = item;
	REQUIRE(queue_put(&filter.mails, own));
}

static void *judge_all(void *arg)
{
	struct rules rules = *(struct rules *)arg;
	struct item *item;
	void *taken;

	free(arg);
	while (queue_take(&filter.mails, &taken)) {
		item = taken;
		if (item->is_rules)
			rules = item->rules;
		else
			filter.judge(&rules, item->mail);
		free(item);
	}
	return NULL;
}

void filter_start(const struct rules *rules, filter_judge *judge)
{
	struct rules *first = malloc(sizeof *first);

	HAVE(first);
	*first = *rules;
	filter.judge = judge;
	queue_init(&filter.mails, CAPACITY);
	NEED(pthread_create(&filter.thread, NULL, judge_all, first));
}

void filter_put(int mail)
{
	put((struct item){.mail = mail});
}

void filter_set(const struct rules *rules)
{
	put((struct item){.is_rules = true, .rules = *rules});
}

void filter_stop(void)
{
	queue_close(&filter.mails);
	CHECK(pthread_join(filter.thread, NULL));
	queue_destroy(&filter.mails);
}
