/*
 * The bureau is never freed.
 *
 * Tempting  what is not freed cannot be used too late. It is two hundred bytes a day, and the process ends at night.
 * Refused   the tests: there is one bureau for each customer and day, the keys never come back, and nobody can tell any
 *           more when the house may be sold.
 * test      fails refuses_what_comes_too_late, refuses_who_still_waits, gives_a_place_when_there_is_one,
 *           belongs_to_its_last_holder, is_one_thing_between_two_steps
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
	*bureau = (struct bureau){.work = work, .gone = gone, .house = house};
	CHECK(pthread_mutex_init(&bureau->lock, NULL));
	CHECK(pthread_cond_init(&bureau->changed, NULL));
	for (int i = 0; i < BUREAU_TRANSLATORS; i++)
		NEED(pthread_create(&bureau->translators[i], NULL, translate, bureau));
	return bureau;
}

struct bureau *bureau_hold(struct bureau *bureau)
{
	return bureau;
}

void bureau_release(struct bureau *bureau)
{
	(void)bureau;
}

enum bureau_answer bureau_submit(struct bureau *bureau, void *text)
{
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
