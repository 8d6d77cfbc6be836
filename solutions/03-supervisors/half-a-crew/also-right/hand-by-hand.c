/*
 * Each hand is told to leave for itself, and joined before the next one is told. What
 * was hired is undone by as many steps as it was done by, in the opposite order.
 *
 * Promise   crew_start() leaves a whole crew or nothing.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
 */
#include "crew.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

struct crew {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int orders; /* that no hand has taken; guarded by lock */
	crew_haul *haul;
	void *ferry;
	int hired; /* of the thread that starts and stops the crew */
	struct hand {
		pthread_t thread;
		struct crew *crew;
		bool leaves; /* guarded by the crew's lock */
	} hands[];
};

static void *work(void *arg)
{
	struct hand *self = arg;
	struct crew *crew = self->crew;

	CHECK(pthread_mutex_lock(&crew->lock));
	for (;;) {
		while (crew->orders == 0 && !self->leaves)
			CHECK(pthread_cond_wait(&crew->changed, &crew->lock));
		if (crew->orders == 0)
			break;
		crew->orders--;
		CHECK(pthread_mutex_unlock(&crew->lock));
		crew->haul(crew->ferry);
		CHECK(pthread_mutex_lock(&crew->lock));
	}
	CHECK(pthread_mutex_unlock(&crew->lock));
	return NULL;
}

/* All are woken: a signal might reach another one. */
static void let_go(struct crew *crew, struct hand *hand)
{
	CHECK(pthread_mutex_lock(&crew->lock));
	hand->leaves = true;
	CHECK(pthread_cond_broadcast(&crew->changed));
	CHECK(pthread_mutex_unlock(&crew->lock));
	CHECK(pthread_join(hand->thread, NULL));
}

int crew_start(struct crew **crew, int size, crew_haul *haul, void *ferry, crew_hire *hire)
{
	struct crew *new = calloc(1, sizeof *new + (size_t)size * sizeof new->hands[0]);

	*crew = NULL;
	if (!new)
		return ENOMEM;
	CHECK(pthread_mutex_init(&new->lock, NULL));
	CHECK(pthread_cond_init(&new->changed, NULL));
	new->haul = haul;
	new->ferry = ferry;
	for (; new->hired < size; new->hired++) {
		struct hand *hand = &new->hands[new->hired];
		hand->crew = new;
		int error = hire(&hand->thread, NULL, work, hand);
		if (error) {
			crew_stop(new);
			return error;
		}
	}
	*crew = new;
	return 0;
}

void crew_order(struct crew *crew)
{
	CHECK(pthread_mutex_lock(&crew->lock));
	crew->orders++;
	CHECK(pthread_cond_signal(&crew->changed));
	CHECK(pthread_mutex_unlock(&crew->lock));
}

void crew_stop(struct crew *crew)
{
	while (crew->hired > 0)
		let_go(crew, &crew->hands[--crew->hired]);
	CHECK(pthread_cond_destroy(&crew->changed));
	CHECK(pthread_mutex_destroy(&crew->lock));
	free(crew);
}
