/*
 * One of the five is left: a hut that does not answer gives its place back, and
 * takes one when it is called again.
 *
 * Tempting  who is not at home should not keep others out, and both lines are free for those who listen.
 * Refused   the test: a bulletin has its place until it is done. While the silent hut waits somebody else gets its place, so
 *           that the service has taken nine; and where the ring is full by then, the second call is never made.
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
	struct waiting {
		struct bulletin bulletin;
		bool again;	   /* it was called once */
	} waiting[AVALANCHE_ROOM]; /* a ring */
	int first, count;	   /* of those that wait for a line */
	int places;		   /* taken and not done */
	int level;
	bool closing;
	struct avalanche_counts counts;
};

/* With the lock held: puts it at the end of the line. There is room, since it has a place. */
static void put(struct avalanche *service, struct waiting waiting)
{
	service->waiting[(service->first + service->count++) % AVALANCHE_ROOM] = waiting;
	CHECK(pthread_cond_signal(&service->changed));
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
static bool take(struct avalanche *service, struct waiting *next, bool *below)
{
	CHECK(pthread_mutex_lock(&service->lock));
	while (service->count == 0 && !service->closing)
		CHECK(pthread_cond_wait(&service->changed, &service->lock));
	bool some = service->count > 0;
	if (some) {
		*next = service->waiting[service->first];
		if (next->again)
			service->places++;
		*below = !next->again && next->bulletin.danger < service->level;
		service->first = (service->first + 1) % AVALANCHE_ROOM;
		service->count--;
	}
	CHECK(pthread_mutex_unlock(&service->lock));
	return some;
}

static void put_again(struct avalanche *service, struct waiting waiting)
{
	waiting.again = true;
	CHECK(pthread_mutex_lock(&service->lock));
	service->places--;
	if (service->count < AVALANCHE_ROOM)
		put(service, waiting);
	else
		service->counts.unanswered++;
	CHECK(pthread_mutex_unlock(&service->lock));
}

static void *work(void *arg)
{
	struct avalanche *service = arg;
	struct waiting next;
	bool below;

	while (take(service, &next, &below)) {
		if (below)
			done(service, &service->counts.below);
		else if (service->call(service->radio, &next.bulletin))
			done(service, &service->counts.answered);
		else if (next.again)
			done(service, &service->counts.unanswered);
		else
			put_again(service, next);
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
	if (service->places < AVALANCHE_ROOM) {
		put(service, (struct waiting){.bulletin = *bulletin});
		service->places++;
		service->counts.taken++;
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
	if (counts)
		*counts = avalanche_counts(service);
	CHECK(pthread_cond_destroy(&service->changed));
	CHECK(pthread_mutex_destroy(&service->lock));
	free(service);
}
