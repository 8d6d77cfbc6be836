/*
 * The line is the kit's queue. It is closed, not flagged: closing says "no
 * more", and what was put before is still handed out. The lock guards the
 * numbers.
 *
 * Promise   what avalanche.h says.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when detached <= 0, joined == started
 */
#include "avalanche.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

struct avalanche {
	avalanche_call *call;
	void *radio;
	pthread_t lines[AVALANCHE_LINES];
	struct queue waiting; /* of copies, which are the line's that takes them */
	pthread_mutex_t lock;
	/* all below guarded by lock */
	int places; /* taken and not done */
	int level;
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

static bool is_below(struct avalanche *service, int danger)
{
	CHECK(pthread_mutex_lock(&service->lock));
	bool below = danger < service->level;
	CHECK(pthread_mutex_unlock(&service->lock));
	return below;
}

static bool call_twice(struct avalanche *service, const struct bulletin *bulletin)
{
	return service->call(service->radio, bulletin) || service->call(service->radio, bulletin);
}

static void *work(void *arg)
{
	struct avalanche *service = arg;
	void *bulletin;

	while (queue_take(&service->waiting, &bulletin)) {
		if (is_below(service, ((struct bulletin *)bulletin)->danger))
			done(service, &service->counts.below);
		else if (call_twice(service, bulletin))
			done(service, &service->counts.answered);
		else
			done(service, &service->counts.unanswered);
		free(bulletin);
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
	queue_init(&service->waiting, AVALANCHE_ROOM);
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
	CHECK(pthread_mutex_lock(&service->lock));
	bool room = service->places < AVALANCHE_ROOM;
	service->places += room;
	++*(room ? &service->counts.taken : &service->counts.refused);
	CHECK(pthread_mutex_unlock(&service->lock));
	if (!room)
		return AVALANCHE_FULL;
	struct bulletin *copy = malloc(sizeof *copy);

	HAVE(copy);
	*copy = *bulletin;
	/* A caller with a place finds room: the queue has as much. */
	REQUIRE(queue_offer(&service->waiting, copy));
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
	queue_close(&service->waiting);
	for (int i = 0; i < AVALANCHE_LINES; i++)
		CHECK(pthread_join(service->lines[i], NULL));
	if (counts)
		*counts = avalanche_counts(service);
	queue_destroy(&service->waiting);
	CHECK(pthread_mutex_destroy(&service->lock));
	free(service);
}
