#include "audit.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { ROOM = 256 };

struct entry {
	int customer;
	long amount;
	enum answer answer;
};

static struct queue entries; /* closed by audit_stop() */
static pthread_t thread;
static long written[2]; /* the log, in short: entries of each answer */

static void *audit_loop(void *arg)
{
	void *item;

	while (queue_take(&entries, &item)) {
		struct entry *entry = item;
		written[entry->answer]++;
		free(entry);
	}
	return arg;
}

void audit_start(void)
{
	queue_init(&entries, ROOM);
	NEED(pthread_create(&thread, NULL, audit_loop, NULL));
}

void audit_write(const struct purchase *purchase, enum answer answer)
{
	struct entry *entry = malloc(sizeof *entry);

	HAVE(entry);
	*entry = (struct entry){purchase->customer, purchase->amount, answer};
	REQUIRE(queue_put(&entries, entry));
}

void audit_stop(void)
{
	queue_close(&entries);
	CHECK(pthread_join(thread, NULL));
	queue_destroy(&entries);
}
