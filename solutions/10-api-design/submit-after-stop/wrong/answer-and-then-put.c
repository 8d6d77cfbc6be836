/*
 * The holders are counted. bureau_submit() finds the answer under the lock, and keeps a place; it puts the text there when it
 * has the lock again.
 *
 * Tempting  to answer is one thing, to put is another; both sides of the wait ask, and each step is under the lock.
 * Refused   the test: the bureau is closed between the two, and the translators have gone home. The text was accepted, and
 *           lies on a shelf that nobody looks at any more.
 * test      fails is_one_thing_between_two_steps
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
	int first, count, kept; /* places for texts that will come */
	bool closed;
	int holders;
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
	CHECK(pthread_mutex_lock(&bureau->lock));
	while (!bureau->closed && bureau->count + bureau->kept == BUREAU_SHELF)
		CHECK(pthread_cond_wait(&bureau->changed, &bureau->lock));
	/* Whatever ended the wait: the answer is found under the lock under which the bureau is closed. */
	bool accept = !bureau->closed;
	bureau->kept += accept;
	CHECK(pthread_mutex_unlock(&bureau->lock));
	CHECK(pthread_mutex_lock(&bureau->lock));
	if (accept) {
		bureau->kept--;
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
