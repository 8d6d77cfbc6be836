/*
 * Places and texts are semaphores, and nobody knows how many wait for a place. So
 * the porter gives one place, and each office that is refused gives it on to the
 * next. A translator that gets a text and finds none goes home.
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

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

struct bureau {
	bureau_work *work;
	bureau_gone *gone;
	void *house;
	pthread_t translators[BUREAU_TRANSLATORS];
	pthread_mutex_t lock;
	sem_t places, texts;
	/* all below guarded by lock */
	void *shelf[BUREAU_SHELF];
	int first, count;
	bool closed;
	int holders;
};

static void await(sem_t *semaphore)
{
	while (sem_wait(semaphore) != 0)
		REQUIRE(errno == EINTR);
}

static void *translate(void *arg)
{
	struct bureau *bureau = arg;

	for (;;) {
		await(&bureau->texts);
		CHECK(pthread_mutex_lock(&bureau->lock));
		if (bureau->count == 0)
			break;
		void *text = bureau->shelf[bureau->first];
		bureau->first = (bureau->first + 1) % BUREAU_SHELF;
		bureau->count--;
		CHECK(pthread_mutex_unlock(&bureau->lock));
		CHECK(sem_post(&bureau->places));
		bureau->work(text);
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
	CHECK(sem_init(&bureau->places, 0, BUREAU_SHELF));
	CHECK(sem_init(&bureau->texts, 0, 0));
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
	CHECK(sem_destroy(&bureau->places));
	CHECK(sem_destroy(&bureau->texts));
	CHECK(pthread_mutex_destroy(&bureau->lock));
	free(bureau);
	gone(house);
}

enum bureau_answer bureau_submit(struct bureau *bureau, void *text)
{
	await(&bureau->places);
	CHECK(pthread_mutex_lock(&bureau->lock));
	/* Whatever ended the wait: the answer is found under the lock under which the bureau is closed. */
	bool accept = !bureau->closed;
	if (accept) {
		bureau->shelf[(bureau->first + bureau->count++) % BUREAU_SHELF] = text;
	}
	CHECK(pthread_mutex_unlock(&bureau->lock));
	CHECK(sem_post(accept ? &bureau->texts : &bureau->places));
	return accept ? BUREAU_ACCEPTED : BUREAU_CLOSED;
}

void bureau_close(struct bureau *bureau)
{
	CHECK(pthread_mutex_lock(&bureau->lock));
	bureau->closed = true;
	CHECK(pthread_mutex_unlock(&bureau->lock));
	/* One who is refused wakes the next. */
	CHECK(sem_post(&bureau->places));
	for (int i = 0; i < BUREAU_TRANSLATORS; i++)
		CHECK(sem_post(&bureau->texts));
	for (int i = 0; i < BUREAU_TRANSLATORS; i++)
		CHECK(pthread_join(bureau->translators[i], NULL));
}
