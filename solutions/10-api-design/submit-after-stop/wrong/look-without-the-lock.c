/*
 * The holders are counted, and both sides of the wait ask whether the bureau is
 * closed; before that there is a look without the lock.
 *
 * Tempting  an office that comes too late need not stand in line for the lock to be told so, and a bureau that is closed
 *           stays closed. The tests pass.
 * Refused   ThreadSanitizer, Helgrind and DRD: nothing orders the look with the porter who closes. Who says that the
 *           office sees it, or what the compiler makes of a flag that nobody may be writing?
 * test      passes
 * tsan      fires data-race in bureau_submit, data-race in bureau_close
 * helgrind  fires Race in bureau_submit, Race in bureau_close
 */
#include "bureau.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

struct bureau {
	bureau_work *work;
	bureau_gone *gone;
	void *house;
	pthread_t translators[BUREAU_TRANSLATORS];
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	void *shelf[BUREAU_SHELF];
	int first, count;
	bool closed;
	long holders; /* not an int: ThreadSanitizer is to keep all that it knows of the flag */
};

static void *translate(void *arg)
{
	struct bureau *bureau = arg;

	CHECK(pthread_mutex_lock(&bureau->lock));
	while (!bureau->closed || bureau->count > 0) {
		if (bureau->count == 0) {
			CHECK(pthread_cond_wait(&bureau->changed, &bureau->lock));
			continue;
		}
		void *text = bureau->shelf[bureau->first];
		bureau->first = (bureau->first + 1) % BUREAU_SHELF;
		bureau->count--;
		CHECK(pthread_cond_broadcast(&bureau->changed));
		CHECK(pthread_mutex_unlock(&bureau->lock));
		bureau->work(text);
		CHECK(pthread_mutex_lock(&bureau->lock));
	}
	CHECK(pthread_mutex_unlock(&bureau->lock));
	return NULL;
}

struct bureau *bureau_open(bureau_work *work, bureau_gone *gone, void *house)
{
	struct bureau *bureau = malloc(sizeof *bureau);

	HAVE(bureau);
	*bureau = (struct bureau){.work = work, .gone = gone, .house = house, .holders = 1};
	CHECK(pthread_mutex_init(&bureau->lock, NULL));
	CHECK(pthread_cond_init(&bureau->changed, NULL));
	for (int i = 0; i < BUREAU_TRANSLATORS; i++)
		NEED(pthread_create(&bureau->translators[i], NULL, translate, bureau));
	return bureau;
}

/* Only who holds the bureau may call this: so there is a bureau, and a lock in it, to take. */
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
	/* Only the last one may look at the bureau from here on. */
	if (!last)
		return;
	bureau_gone *gone = bureau->gone;
	void *house = bureau->house;
	CHECK(pthread_cond_destroy(&bureau->changed));
	CHECK(pthread_mutex_destroy(&bureau->lock));
	free(bureau);
	gone(house);
}

enum bureau_answer bureau_submit(struct bureau *bureau, void *text)
{
	if (bureau->closed)
		return BUREAU_CLOSED;
	CHECK(pthread_mutex_lock(&bureau->lock));
	while (!bureau->closed && bureau->count == BUREAU_SHELF)
		CHECK(pthread_cond_wait(&bureau->changed, &bureau->lock));
	bool accept = !bureau->closed;
	if (accept) {
		bureau->shelf[(bureau->first + bureau->count++) % BUREAU_SHELF] = text;
		CHECK(pthread_cond_broadcast(&bureau->changed));
	}
	CHECK(pthread_mutex_unlock(&bureau->lock));
	return accept ? BUREAU_ACCEPTED : BUREAU_CLOSED;
}

void bureau_close(struct bureau *bureau)
{
	CHECK(pthread_mutex_lock(&bureau->lock));
	bureau->closed = true;
	CHECK(pthread_cond_broadcast(&bureau->changed));
	CHECK(pthread_mutex_unlock(&bureau->lock));
	for (int i = 0; i < BUREAU_TRANSLATORS; i++)
		CHECK(pthread_join(bureau->translators[i], NULL));
}
