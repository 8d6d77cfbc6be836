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

struct audit {
	struct queue entries; /* closed by audit_stop() */
	pthread_t thread;
	long written[2]; /* the log, in short: entries of each answer; the thread's */
};

static void *audit_loop(void *arg)
{
	struct audit *audit = arg;
	void *item;

	while (queue_take(&audit->entries, &item)) {
		struct entry *entry = item;
		audit->written[entry->answer]++;
		free(entry);
	}
	return NULL;
}

struct audit *audit_start(void)
{
	struct audit *audit = calloc(1, sizeof *audit);

	HAVE(audit);
	queue_init(&audit->entries, ROOM);
	NEED(pthread_create(&audit->thread, NULL, audit_loop, audit));
	return audit;
}

void audit_write(struct audit *audit, const struct purchase *purchase, enum answer answer)
{
	struct entry *entry = malloc(sizeof *entry);

	HAVE(entry);
	*entry = (struct entry){purchase->customer, purchase->amount, answer};
	REQUIRE(queue_put(&audit->entries, entry));
}

void audit_stop(struct audit *audit)
{
	queue_close(&audit->entries);
	CHECK(pthread_join(audit->thread, NULL));
	queue_destroy(&audit->entries);
	free(audit);
}
