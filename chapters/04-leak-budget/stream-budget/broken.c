/*
 * A feed of a river's level. Each client has a thread, which sends it the level,
 * and again whenever that changes, until it finds that the client has hung up.
 * main() is the supervisor, which opens and closes the streams.
 *
 * Promise   a client that has gone has no thread any more.
 * Ends      broken: clients 0, senders 15
 * tsan      blind   all accesses are ordered by the lock, and a thread that still waits at exit is not a leak to it
 * helgrind  blind   all accesses are ordered by the lock, and it does not count threads
 * drd       blind   all accesses are ordered by the lock, and it does not count threads
 * memcheck  blind   what a thread keeps is still pointed to, by the thread that keeps it
 * budget    fires   threads in send_levels, threads-at-exit in send_levels
 *           when threads <= clients + 2, threads at exit <= 1
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/queue.h"
#include "kit/schedule.h"

enum { CLIENTS = 3, CUTS = 5 /* how often all of them lose the connection */ };

struct stream { /* a connection */
	pthread_t sender;
	int sent;     /* the last level, 0 if none; guarded by river.lock */
	bool hung_up; /* guarded by river.lock */
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int level;	      /* in cm; guarded by lock. This week it does not change */
	int clients, senders; /* guarded by lock */
} river = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 140, 0, 0};

static struct queue scrapes; /* somebody asks for the metrics */

static void count(int clients, int senders)
{
	CHECK(pthread_mutex_lock(&river.lock));
	river.clients += clients;
	river.senders += senders;
	gauge_set("clients", river.clients);
	CHECK(pthread_mutex_unlock(&river.lock));
}

static void *send_levels(void *arg)
{
	struct stream *stream = arg;

	CHECK(pthread_mutex_lock(&river.lock));
	for (;;) {
		/* If the client hangs up now, nobody says so here. The next level may come in a week. */
		while (stream->sent == river.level)
			CHECK(pthread_cond_wait(&river.changed, &river.lock));
		if (stream->hung_up) /* then the write fails */
			break;
		stream->sent = river.level; /* the write */
	}
	CHECK(pthread_mutex_unlock(&river.lock));
	count(0, -1);
	free(stream);
	return NULL;
}

static struct stream *stream_open(void)
{
	struct stream *stream = calloc(1, sizeof *stream);

	HAVE(stream);
	count(+1, +1);
	NEED(pthread_create(&stream->sender, NULL, send_levels, stream));
	CHECK(pthread_detach(stream->sender));
	return stream;
}

static void stream_close(struct stream *stream)
{
	CHECK(pthread_mutex_lock(&river.lock));
	stream->hung_up = true;
	CHECK(pthread_mutex_unlock(&river.lock));
	count(-1, 0);
}

static void *answer_scrapes(void *arg)
{
	while (queue_take(&scrapes, &arg)) {
		CHECK(pthread_mutex_lock(&river.lock));
		printf("clients %d, senders %d\n", river.clients, river.senders);
		CHECK(pthread_mutex_unlock(&river.lock));
	}
	return NULL;
}

int main(void)
{
	struct stream *streams[CLIENTS];
	pthread_t metrics;

	queue_init(&scrapes, 1);
	NEED(pthread_create(&metrics, NULL, answer_scrapes, NULL));
	for (int cut = 0; cut < CUTS; cut++) {
		for (int i = 0; i < CLIENTS; i++)
			streams[i] = stream_open();
		REQUIRE(queue_put(&scrapes, NULL));
		schedule_await_blocked(); /* until all have got the level, and nothing moves */
		for (int i = 0; i < CLIENTS; i++)
			stream_close(streams[i]);
	}
	queue_close(&scrapes);
	CHECK(pthread_join(metrics, NULL));
	queue_destroy(&scrapes);
	CHECK(pthread_mutex_lock(&river.lock));
	int clients = river.clients, senders = river.senders;
	CHECK(pthread_mutex_unlock(&river.lock));
	return invariant(senders == clients, "clients %d, senders %d", clients, senders);
}
