/*
 * The shelf is the kit's queue, whose close is half of the contract: who puts
 * into a closed one, or waits to, gets an answer. The other half, for how long
 * there is a queue to ask, no queue can have: the holders are counted.
 *
 * Promise   a text is translated, or is its owner's again; the bureau is there for as long as somebody holds it.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
 */
#include "bureau.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

struct bureau {
	bureau_work *work;
	bureau_gone *gone;
	void *house;
	pthread_t translators[BUREAU_TRANSLATORS];
	struct queue shelf;
	pthread_mutex_t lock;
	int holders; /* guarded by lock */
};

static void *translate(void *arg)
{
	struct bureau *bureau = arg;
	void *text;

	while (queue_take(&bureau->shelf, &text))
		bureau->work(text);
	return NULL;
}

struct bureau *bureau_open(bureau_work *work, bureau_gone *gone, void *house)
{
	struct bureau *bureau = malloc(sizeof *bureau);

	HAVE(bureau);
	*bureau = (struct bureau){.work = work, .gone = gone, .house = house, .holders = 1};
	queue_init(&bureau->shelf, BUREAU_SHELF);
	CHECK(pthread_mutex_init(&bureau->lock, NULL));
	for (int i = 0; i < BUREAU_TRANSLATORS; i++)
		NEED(pthread_create(&bureau->translators[i], NULL, translate, bureau));
	return bureau;
}

struct bureau *bureau_hold(struct bureau *bureau)
{
	CHECK(pthread_mutex_lock(&bureau->lock));
	bureau->holders++;
	CHECK(pthread_mutex_unlock(&bureau->lock));
	return bureau;
}

void bureau_release(struct bureau *bureau)
{
	CHECK(pthread_mutex_lock(&bureau->lock));
	bool last = --bureau->holders == 0;
	CHECK(pthread_mutex_unlock(&bureau->lock));
	if (!last)
		return;
	bureau_gone *gone = bureau->gone;
	void *house = bureau->house;
	queue_destroy(&bureau->shelf);
	CHECK(pthread_mutex_destroy(&bureau->lock));
	free(bureau);
	gone(house);
}

enum bureau_answer bureau_submit(struct bureau *bureau, void *text)
{
	return queue_put(&bureau->shelf, text) ? BUREAU_ACCEPTED : BUREAU_CLOSED;
}

void bureau_close(struct bureau *bureau)
{
	queue_close(&bureau->shelf);
	for (int i = 0; i < BUREAU_TRANSLATORS; i++)
		CHECK(pthread_join(bureau->translators[i], NULL));
}
