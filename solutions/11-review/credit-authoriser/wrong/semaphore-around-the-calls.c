/*
 * One of the five is left: a hut that does not answer still gets a thread of its
 * own, which avalanche_close() joins. A semaphore sees to it that no more than two
 * call at a time.
 *
 * Tempting  at no moment are more than AVALANCHE_LINES calls under way, every thread is joined, and the lines go on.
 * Refused   the test: "by these same lines" is the other half of the sentence. It is the calls that are bounded, not the
 *           threads that wait to make them; and in the end a line waits for one of those.
 * test      fails no_pitfall_is_left
 */
#include "avalanche.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "kit/check.h"

/* As many as the radio lasts for. */
enum { MOST_AGAIN = 1000 };

struct avalanche {
	avalanche_call *call;
	void *radio;
	pthread_t lines[AVALANCHE_LINES];
	pthread_mutex_t lock;
	pthread_cond_t changed;
	sem_t radios; /* one for each call that may be under way */
	/* all below guarded by lock */
	struct bulletin waiting[AVALANCHE_ROOM]; /* a ring */
	int first, count;			 /* of those that wait for a line */
	int places;				 /* taken and not done */
	int level;
	bool closing;
	pthread_t again[MOST_AGAIN];
	int again_count;
	struct avalanche_counts counts;
};

/* Waits until a radio is free. */
static bool call(struct avalanche *service, const struct bulletin *bulletin)
{
	while (sem_wait(&service->radios) != 0)
		; /* a signal handler has run */
	bool answered = service->call(service->radio, bulletin);
	REQUIRE(sem_post(&service->radios) == 0);
	return answered;
}

/* A bulletin is done, and its place is free. */
static void done(struct avalanche *service, long *count)
{
	CHECK(pthread_mutex_lock(&service->lock));
	++*count;
	service->places--;
	CHECK(pthread_mutex_unlock(&service->lock));
}

/* Waits for the next bulletin, and tells whether it is to be called. False: the line is to close. */
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

/* A hut that has not answered, and is called again. */
struct again {
	struct avalanche *service;
	struct bulletin bulletin;
};

static void *call_again(void *arg)
{
	struct again *again = arg;
	struct avalanche *service = again->service;
	bool answered = call(service, &again->bulletin);

	done(service, answered ? &service->counts.answered : &service->counts.unanswered);
	free(again);
	return NULL;
}

static void start_again(struct avalanche *service, const struct bulletin *bulletin)
{
	struct again *again = malloc(sizeof *again);

	HAVE(again);
	*again = (struct again){service, *bulletin};
	CHECK(pthread_mutex_lock(&service->lock));
	REQUIRE(service->again_count < MOST_AGAIN);
	NEED(pthread_create(&service->again[service->again_count++], NULL, call_again, again));
	CHECK(pthread_mutex_unlock(&service->lock));
}

static void *work(void *arg)
{
	struct avalanche *service = arg;
	struct bulletin bulletin;
	bool below;

	while (take(service, &bulletin, &below)) {
		if (below)
			done(service, &service->counts.below);
		else if (call(service, &bulletin))
			done(service, &service->counts.answered);
		else
			start_again(service, &bulletin);
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
	REQUIRE(sem_init(&service->radios, 0, AVALANCHE_LINES) == 0);
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
	if (service->places < AVALANCHE_ROOM) {
		service->waiting[(service->first + service->count++) % AVALANCHE_ROOM] = *bulletin;
		service->places++;
		service->counts.taken++;
		CHECK(pthread_cond_signal(&service->changed));
	} else {
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
	/* The lines are gone, so there will be no more. */
	for (int i = 0; i < service->again_count; i++)
		CHECK(pthread_join(service->again[i], NULL));
	if (counts)
		*counts = avalanche_counts(service);
	REQUIRE(sem_destroy(&service->radios) == 0);
	CHECK(pthread_cond_destroy(&service->changed));
	CHECK(pthread_mutex_destroy(&service->lock));
	free(service);
}
