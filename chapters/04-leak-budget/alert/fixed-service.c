/*
 * A photo service. Each upload has a thread of its own: it answers, and waits
 * for the phone to say goodbye. Phones drive into tunnels and never say it;
 * then the connection is lost, and connection_lost() says it for them.
 *
 * Promise   when a connection is gone, so is its thread.
 *
 * The service runs until SIGTERM or SIGINT. It makes its own load, counted and
 * not timed: WAVE new uploads after every scrape of its metrics, until there
 * were WAVES. At most HELD are in flight; the oldest are lost to make room.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "kit/gate.h"
#include "kit/gauge.h"
#include "kit/metrics.h"

enum { WAVE = 30, HELD = 60, WAVES = 8 };

struct upload {
	pthread_t thread;
	struct gate goodbye;
};

/* The load's; main() reads them once it has joined it. */
static struct upload *held[HELD];
static long started, joined;

static void *serve(void *arg)
{
	struct upload *upload = arg;

	gauge_add("answered_total", 1);
	gate_wait(&upload->goodbye);
	return NULL;
}

static struct upload *connection_made(void)
{
	struct upload *upload = malloc(sizeof *upload);

	HAVE(upload);
	gate_init(&upload->goodbye);
	gauge_add("in_flight", 1);
	NEED(pthread_create(&upload->thread, NULL, serve, upload));
	started++;
	return upload;
}

/* Forgets the connection. */
static void connection_lost(struct upload *upload)
{
	gate_open(&upload->goodbye);
	CHECK(pthread_join(upload->thread, NULL));
	joined++;
	gate_destroy(&upload->goodbye);
	free(upload);
	gauge_add("in_flight", -1);
}

static void make_wave(void)
{
	for (int i = 0; i < WAVE; i++) {
		struct upload **place = &held[started % HELD];
		if (*place)
			connection_lost(*place);
		*place = connection_made();
	}
}

static void *make_load(void *arg)
{
	struct metrics *metrics = arg;

	for (unsigned long scrapes = 1; metrics_await(metrics, scrapes); scrapes++)
		if (scrapes <= WAVES)
			make_wave();
	for (int i = 0; i < HELD; i++)
		if (held[i])
			connection_lost(held[i]);
	return NULL;
}

int main(int argc, char **argv)
{
	struct metrics metrics;
	pthread_t load;
	sigset_t stop;
	int signal;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	CHECK(pthread_sigmask(SIG_BLOCK, &stop, NULL));
	gauge_set("in_flight", 0);
	if (metrics_start(&metrics, argc > 1 ? atoi(argv[1]) : 0) != 0) {
		fprintf(stderr, "cannot expose the metrics: %s\n", strerror(errno));
		return 2;
	}
	printf("metrics on http://127.0.0.1:%d/metrics\n", metrics.port);
	fflush(stdout);
	NEED(pthread_create(&load, NULL, make_load, &metrics));
	CHECK(sigwait(&stop, &signal));
	metrics_request_stop(&metrics);
	CHECK(pthread_join(load, NULL));
	metrics_stop(&metrics);
	return invariant(joined == started, "uploads %ld, threads joined %ld", started, joined);
}
