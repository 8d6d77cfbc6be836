/*
 * Yours to fix. bureau_close() closes the bureau and frees it as well. For
 * all other threads it is just there, and accepts all that they hand in.
 *
 * Promise   a text is translated, or is its owner's again; the bureau is there for as long as somebody holds it.
 * test      fails refuses_what_comes_too_late, refuses_who_still_waits, belongs_to_its_last_holder,
 *           is_one_thing_between_two_steps
 * tsan      fires heap-use-after-free in bureau_submit
 * memcheck  fires InvalidRead in bureau_submit, InvalidWrite in bureau_submit
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
	while (bureau->count == BUREAU_SHELF)
		CHECK(pthread_cond_wait(&bureau->changed, &bureau->lock));
	bureau->shelf[(bureau->first + bureau->count++) % BUREAU_SHELF] = text;
	CHECK(pthread_cond_broadcast(&bureau->changed));
	CHECK(pthread_mutex_unlock(&bureau->lock));
	return BUREAU_ACCEPTED;
}

void bureau_close(struct bureau *bureau)
{
	CHECK(pthread_mutex_lock(&bureau->lock));
	bureau->closed = true;
	CHECK(pthread_cond_broadcast(&bureau->changed));
	CHECK(pthread_mutex_unlock(&bureau->lock));
	for (int i = 0; i < BUREAU_TRANSLATORS; i++)
		CHECK(pthread_join(bureau->translators[i], NULL));
	bureau_gone *gone = bureau->gone;
	void *house = bureau->house;
	free(bureau);
	gone(house);
}
