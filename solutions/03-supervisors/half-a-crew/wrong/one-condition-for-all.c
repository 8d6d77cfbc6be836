/*
 * Tempting  each crew has its own orders and its own hands; the lock and the condition are static, since they hold
 *           nothing.
 * Refused   the test: an order signals, and wakes a hand of another crew, which has no order and waits on. The hand
 *           that was meant is not woken.
 * test      fails a_whole_crew_hauls
 */
#include "crew.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
struct crew {
	int orders;    /* that no hand has taken; guarded by lock */
	bool stopping; /* guarded by lock */
	crew_haul *haul;
	void *ferry;
	int hired; /* of the thread that starts and stops the crew */
	pthread_t hands[];
};

static void *work(void *arg)
{
	struct crew *crew = arg;

	CHECK(pthread_mutex_lock(&lock));
	for (;;) {
		while (crew->orders == 0 && !crew->stopping)
			CHECK(pthread_cond_wait(&changed, &lock));
		if (crew->orders == 0)
			break;
		crew->orders--;
		CHECK(pthread_mutex_unlock(&lock));
		crew->haul(crew->ferry);
		CHECK(pthread_mutex_lock(&lock));
	}
	CHECK(pthread_mutex_unlock(&lock));
	return NULL;
}

int crew_start(struct crew **crew, int size, crew_haul *haul, void *ferry, crew_hire *hire)
{
	struct crew *new = calloc(1, sizeof *new + (size_t)size * sizeof new->hands[0]);

	*crew = NULL;
	if (!new)
		return ENOMEM;
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
	CHECK(pthread_mutex_lock(&lock));
	crew->orders++;
	CHECK(pthread_cond_signal(&changed));
	CHECK(pthread_mutex_unlock(&lock));
}

void crew_stop(struct crew *crew)
{
	CHECK(pthread_mutex_lock(&lock));
	crew->stopping = true;
	CHECK(pthread_cond_broadcast(&changed));
	CHECK(pthread_mutex_unlock(&lock));
	for (int i = 0; i < crew->hired; i++)
		CHECK(pthread_join(crew->hands[i], NULL));
	free(crew);
}
