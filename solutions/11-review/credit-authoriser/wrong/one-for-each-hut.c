/*
 * One of the five is left: a bulletin about a hut that waits to be called takes the place of the older one.
 *
 * Tempting  the newer one is what the hut has to know, and nobody has two places.
 * Refused   the test: each bulletin is read out. The older one was taken, and spoke of another slope.
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
	int places;	  /* taken and not done */
	int level;
	bool closing;
	struct avalanche_counts counts;
};

/* A bulletin is done, and its place is free. */
static void done(struct avalanche *service, long *count)
{
	CHECK(pthread_mutex_lock(&service->lock));
	++*count;
	service->places--;
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
	for (int i = 0; i < service->count; i++) {
		struct bulletin *one = &service->waiting[(service->first + i) % AVALANCHE_ROOM];

		if (one->hut == bulletin->hut) { /* the newer one is what the hut has to know */
			*one = *bulletin;
			service->counts.taken++;
			service->counts.answered++;
			CHECK(pthread_mutex_unlock(&service->lock));
			return result;
		}
	}
	if (service->places < AVALANCHE_ROOM) {
		service->waiting[(service->first + service->count++) % AVALANCHE_ROOM] = *bulletin;
		service->places++;
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
