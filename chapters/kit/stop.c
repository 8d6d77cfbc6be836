#include "stop.h"

#include "check.h"
#include "deadline.h"

void stop_init(struct stop *stop)
{
	CHECK(pthread_mutex_init(&stop->lock, NULL));
	deadline_cond_init(&stop->asked);
	stop->requested = false;
}

void stop_destroy(struct stop *stop)
{
	CHECK(pthread_cond_destroy(&stop->asked));
	CHECK(pthread_mutex_destroy(&stop->lock));
}

void stop_request(struct stop *stop)
{
	CHECK(pthread_mutex_lock(&stop->lock));
	stop->requested = true;
	CHECK(pthread_cond_broadcast(&stop->asked));
	CHECK(pthread_mutex_unlock(&stop->lock));
}

bool stop_requested(struct stop *stop)
{
	CHECK(pthread_mutex_lock(&stop->lock));
	bool requested = stop->requested;
	CHECK(pthread_mutex_unlock(&stop->lock));
	return requested;
}

bool stop_wait(struct stop *stop, long milliseconds)
{
	struct timespec end = deadline_in(milliseconds);

	CHECK(pthread_mutex_lock(&stop->lock));
	while (!stop->requested && deadline_cond_wait(&stop->asked, &stop->lock, &end))
		;
	bool requested = stop->requested;
	CHECK(pthread_mutex_unlock(&stop->lock));
	return requested;
}
