/*
 * One of the five is left: what has a place are those in the ring, and the lines that are busy. Both are counted.
 *
 * Tempting  each number is read under the lock, and together they are all that was taken and is not done.
 * Refused   the test: a line that has taken a bulletin up says with its next lock that it is busy. Between the two nobody
 *           counts that bulletin, and a ninth gets a place.
 * test      fails no_pitfall_is_left
 */
#include "avalanche.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct avalanche {
	avalanche_call *call;
	void *radio;
	pthread_t lines[AVALANCHE_LINES];
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	/* A ring of copies. The caller's bulletin lives as long as the call, and what waits lives longer. */
	struct bulletin waiting[AVALANCHE_ROOM];
	int first, count; /* of those that wait for a line */
	int busy;	  /* lines */
	int level;
	bool closing;
	struct avalanche_counts counts;
};

/* A bulletin is done, and its place is free. */
static void done(struct avalanche *service, long *count)
{
	CHECK(pthread_mutex_lock(&service->lock));
	++*count;
	service->busy--;
	CHECK(pthread_mutex_unlock(&service->lock));
}

/*
 * Waits for the next bulletin, and tells whether it is to be called. False: the
 * line is to close, and that is when nobody waits any more. The level is read
 * together with the bulletin that it is for: one from the beginning of the
 * thread would be as old as the thread.
 */
static bool take(struct avalanche *service, struct bulletin *bulletin, bool *below)
{
	CHECK(pthread_mutex_lock(&service->lock));
	while (service->count == 0 && !service->closing)
		CHECK(pthread_cond_wait(&service->changed, &service->lock));
	bool some = service->count > 0;
	if (some) {
		*bulletin = service->waiting[service->first];
		*below = bulletin->danger < service->level;
		service->first = (service->first + 1) % AVALANCHE_ROOM;
		service->count--;
	}
	CHECK(pthread_mutex_unlock(&service->lock));
	return some;
}

/* Once more on the line that has called first: a thread for each hut that is silent has no bound in a bad night. */
static bool call_twice(struct avalanche *service, const struct bulletin *bulletin)
{
	return service->call(service->radio, bulletin) || service->call(service->radio, bulletin);
}

static void *work(void *arg)
{
	struct avalanche *service = arg;
	struct bulletin bulletin;
	bool below;

	while (take(service, &bulletin, &below)) {
		CHECK(pthread_mutex_lock(&service->lock));
		service->busy++;
		CHECK(pthread_mutex_unlock(&service->lock));
		if (below)
			done(service, &service->counts.below);
		else if (call_twice(service, &bulletin))
			done(service, &service->counts.answered);
		else
			done(service, &service->counts.unanswered);
	}
	return NULL;
}

struct avalanche *avalanche_open(avalanche_call *call, void *radio, int level)
{
	struct avalanche *service = calloc(1, sizeof *service);

	HAVE(service);
	service->call = call;
	service->radio = radio;
	service->level = level;
	CHECK(pthread_mutex_init(&service->lock, NULL));
	CHECK(pthread_cond_init(&service->changed, NULL));
	for (int i = 0; i < AVALANCHE_LINES; i++)
		NEED(pthread_create(&service->lines[i], NULL, work, service));
	return service;
}

void avalanche_set_level(struct avalanche *service, int level)
{
	CHECK(pthread_mutex_lock(&service->lock));
	service->level = level;
	CHECK(pthread_mutex_unlock(&service->lock));
}

enum avalanche_result avalanche_warn(struct avalanche *service, const struct bulletin *bulletin)
{
	enum avalanche_result result = AVALANCHE_TAKEN;

	CHECK(pthread_mutex_lock(&service->lock));
	if (service->busy + service->count < AVALANCHE_ROOM) {
		service->waiting[(service->first + service->count++) % AVALANCHE_ROOM] = *bulletin;
		service->counts.taken++;
		CHECK(pthread_cond_signal(&service->changed));
	} else {
		/* Counted for the operator, told to the caller: only the caller can send somebody. */
		service->counts.refused++;
		result = AVALANCHE_FULL;
	}
	CHECK(pthread_mutex_unlock(&service->lock));
	return result;
}

struct avalanche_counts avalanche_counts(struct avalanche *service)
{
	CHECK(pthread_mutex_lock(&service->lock));
	struct avalanche_counts counts = service->counts;
	CHECK(pthread_mutex_unlock(&service->lock));
	return counts;
}

void avalanche_close(struct avalanche *service, struct avalanche_counts *counts)
{
	CHECK(pthread_mutex_lock(&service->lock));
	service->closing = true;
	CHECK(pthread_cond_broadcast(&service->changed));
	CHECK(pthread_mutex_unlock(&service->lock));
	for (int i = 0; i < AVALANCHE_LINES; i++)
		CHECK(pthread_join(service->lines[i], NULL));
	if (counts)
		*counts = avalanche_counts(service);
	CHECK(pthread_cond_destroy(&service->changed));
	CHECK(pthread_mutex_destroy(&service->lock));
	free(service);
}
