/*
 * Tempting  hands look at one flag to leave, and there is one ferry: it can be static.
 * Refused   the test: a crew that was refused a hand sets it, and it stays so. The hands of the next crew go as soon
 *           as there is no order.
 * test      fails refused_while_others_wait
 */
#include "crew.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

static bool stopping;
struct crew {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int orders; /* that no hand has taken; guarded by lock */
	crew_haul *haul;
	void *ferry;
	int hired; /* of the thread that starts and stops the crew */
	pthread_t hands[];
};

static void *work(void *arg)
{
	struct crew *crew = arg;

	CHECK(pthread_mutex_lock(&crew->lock));
	for (;;) {
		while (crew->orders == 0 && !stopping)
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
	CHECK(pthread_mutex_lock(&crew->lock));
	stopping = true;
	CHECK(pthread_cond_broadcast(&crew->changed));
	CHECK(pthread_mutex_unlock(&crew->lock));
	for (int i = 0; i < crew->hired; i++)
		CHECK(pthread_join(crew->hands[i], NULL));
	CHECK(pthread_cond_destroy(&crew->changed));
	CHECK(pthread_mutex_destroy(&crew->lock));
	free(crew);
}
