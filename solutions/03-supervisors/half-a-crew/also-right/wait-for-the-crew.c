/*
 * No hand works before all are there: each waits for what becomes of the crew, and
 * crew_start() tells them, once, when it knows. A hand of a crew that is disbanded
 * goes, and the others go to work.
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
	int orders;				  /* that no hand has taken; guarded by lock */
	enum { HIRING, AT_WORK, STOPPING } state; /* guarded by lock */
	crew_haul *haul;
	void *ferry;
	int hired; /* of the thread that starts and stops the crew */
	pthread_t hands[];
};

static void *work(void *arg)
{
	struct crew *crew = arg;

	CHECK(pthread_mutex_lock(&crew->lock));
	while (crew->state == HIRING)
		CHECK(pthread_cond_wait(&crew->changed, &crew->lock));
	for (;;) {
		while (crew->orders == 0 && crew->state == AT_WORK)
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

static void tell(struct crew *crew, int state)
{
	CHECK(pthread_mutex_lock(&crew->lock));
	crew->state = state;
	CHECK(pthread_cond_broadcast(&crew->changed));
	CHECK(pthread_mutex_unlock(&crew->lock));
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
		int error = hire(&new->hands[new->hired], NULL, work, new);
		if (error) {
			crew_stop(new);
			return error;
		}
	}
	tell(new, AT_WORK);
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
	tell(crew, STOPPING);
	for (int i = 0; i < crew->hired; i++)
		CHECK(pthread_join(crew->hands[i], NULL));
	CHECK(pthread_cond_destroy(&crew->changed));
	CHECK(pthread_mutex_destroy(&crew->lock));
	free(crew);
}
