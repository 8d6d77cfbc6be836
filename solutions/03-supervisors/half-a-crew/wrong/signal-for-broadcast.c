/*
 * Tempting  the hands wait for a change, and a signal says that there is one.
 * Refused   it says it to one of them. The others wait on, and so does the join.
 * test      fails refused_while_others_wait
 */
#include "crew.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

struct crew {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int orders;    /* that no hand has taken; guarded by lock */
	bool stopping; /* guarded by lock */
	crew_haul *haul;
	void *ferry;
	int size;
	pthread_t hands[];
};

static void *work(void *arg)
{
	struct crew *crew = arg;

	CHECK(pthread_mutex_lock(&crew->lock));
	for (;;) {
		while (crew->orders == 0 && !crew->stopping)
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

/* Those that were hired leave again. */
static void give_up(struct crew *crew, int hired)
{
	CHECK(pthread_mutex_lock(&crew->lock));
	crew->stopping = true;
	CHECK(pthread_cond_signal(&crew->changed));
	CHECK(pthread_mutex_unlock(&crew->lock));
	for (int i = 0; i < hired; i++)
		CHECK(pthread_join(crew->hands[i], NULL));
	CHECK(pthread_cond_destroy(&crew->changed));
	CHECK(pthread_mutex_destroy(&crew->lock));
	free(crew);
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
	new->size = size;
	for (int i = 0; i < size; i++) {
		int error = hire(&new->hands[i], NULL, work, new);
		if (error) {
			give_up(new, i);
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
	crew->stopping = true;
	CHECK(pthread_cond_broadcast(&crew->changed));
	CHECK(pthread_mutex_unlock(&crew->lock));
	for (int i = 0; i < crew->size; i++)
		CHECK(pthread_join(crew->hands[i], NULL));
	CHECK(pthread_cond_destroy(&crew->changed));
	CHECK(pthread_mutex_destroy(&crew->lock));
	free(crew);
}
