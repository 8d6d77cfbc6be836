/*
 * Yours to review, and then to fix. The service is in use, and its functional
 * tests pass.
 *
 * Promise   what avalanche.h says.
 * test      fails no_pitfall_is_left
 * budget    fires  detached in call_again, joined in call_again when detached <= 0, joined == started
 */
#include "avalanche.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

/* One radio line, and the thread at it. */
struct line {
	struct avalanche *service;
	int level; /* huts are called from this danger on */
	pthread_t thread;
};

struct avalanche {
	avalanche_call *call;
	void *radio;
	struct line lines[AVALANCHE_LINES];
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	const struct bulletin *waiting[AVALANCHE_ROOM]; /* a ring */
	int first, count;				/* of those that wait for a line */
	int places;					/* taken and not done */
	int level;
	bool closing;
	struct avalanche_counts counts;
};

/* A hut that has not answered, and is called again. */
struct again {
	struct avalanche *service;
	struct bulletin bulletin;
};

/* A bulletin is done, and its place is free. */
static void done(struct avalanche *service, long *count)
{
	CHECK(pthread_mutex_lock(&service->lock));
	++*count;
	service->places--;
	CHECK(pthread_mutex_unlock(&service->lock));
}

static void *call_again(void *arg)
{
	struct again *again = arg;
	struct avalanche *service = again->service;
	bool answered = service->call(service->radio, &again->bulletin);

	done(service, answered ? &service->counts.answered : &service->counts.unanswered);
	free(again);
	return NULL;
}

/* The line is free for the next hut at once; a hut that did not answer has a thread of its own. */
static void start_again(struct avalanche *service, const struct bulletin *bulletin)
{
	struct again *again = malloc(sizeof *again);
	pthread_t thread;

	HAVE(again);
	*again = (struct again){service, *bulletin};
	NEED(pthread_create(&thread, NULL, call_again, again));
	CHECK(pthread_detach(thread));
}

/* Waits for the next bulletin. NULL: the line is to close. */
static const struct bulletin *take(struct avalanche *service)
{
	const struct bulletin *bulletin = NULL;

	CHECK(pthread_mutex_lock(&service->lock));
	while (service->count == 0 && !service->closing)
		CHECK(pthread_cond_wait(&service->changed, &service->lock));
	if (!service->closing) {
		bulletin = service->waiting[service->first];
		service->first = (service->first + 1) % AVALANCHE_ROOM;
		service->count--;
	}
	CHECK(pthread_mutex_unlock(&service->lock));
	return bulletin;
}

static void *work(void *arg)
{
	struct line *line = arg;
	struct avalanche *service = line->service;
	const struct bulletin *bulletin;

	while ((bulletin = take(service))) {
		if (bulletin->danger < line->level)
			done(service, &service->counts.below);
		else if (service->call(service->radio, bulletin))
			done(service, &service->counts.answered);
		else
			start_again(service, bulletin);
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
	for (int i = 0; i < AVALANCHE_LINES; i++) {
		struct line *line = &service->lines[i];
		line->service = service;
		line->level = service->level;
		NEED(pthread_create(&line->thread, NULL, work, line));
	}
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
	CHECK(pthread_mutex_lock(&service->lock));
	if (service->places < AVALANCHE_ROOM) {
		service->waiting[(service->first + service->count++) % AVALANCHE_ROOM] = bulletin;
		service->places++;
		service->counts.taken++;
		CHECK(pthread_cond_signal(&service->changed));
	}
	CHECK(pthread_mutex_unlock(&service->lock));
	return AVALANCHE_TAKEN;
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
		CHECK(pthread_join(service->lines[i].thread, NULL));
	if (counts)
		*counts = avalanche_counts(service);
	CHECK(pthread_cond_destroy(&service->changed));
	CHECK(pthread_mutex_destroy(&service->lock));
	free(service);
}
