/*
 * The program's gauges for a monitoring system: what gauge.h publishes can be
 * read over HTTP, in Prometheus' text format, at /metrics on a port that only
 * this machine reaches.
 *
 *     struct metrics metrics;
 *
 *     if (metrics_start(&metrics, 0) != 0) ...errno says why...
 *     printf("metrics on http://127.0.0.1:%d/metrics\n", metrics.port);
 *     ...
 *     metrics_stop(&metrics);
 *
 * It adds `threads`, the number of threads that the kernel counts in this
 * process: main's, the one that answers here, and those of tools such as a
 * sanitizer. A gauge that nobody has touched yet is not there. A name that
 * ends in "_total" is exposed as a counter, all others as gauges.
 *
 * A gauge is counted from the beginning of the program, even before
 * metrics_start(). Its name must live as long as the program: a string
 * literal. What breaks the rules of gauge.h is not exposed: a name that is not an
 * identifier, one called `threads`, the thirty-third.
 *
 * As gauge.h promises, publishing is not synchronisation: no lock, no memory
 * from malloc(), nothing that a signal handler may not do.
 *
 * Link with -lmicrohttpd. Not for programs that Helgrind and DRD judge: both
 * report that library's own flags when it stops, and what libp11-kit, which it
 * brings along, does to its mutexes at exit. Of this module they report nothing.
 */
#ifndef KIT_METRICS_H
#define KIT_METRICS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct MHD_Daemon;

struct metrics {
	int port; /* where it listens; does not change */
	struct MHD_Daemon *daemon;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned long scrapes; /* guarded by lock */
	bool stopped;	       /* guarded by lock; never becomes false again */
};

/*
 * Starts a thread that answers on 127.0.0.1 at this port; 0 means any that is
 * free. The thread has the caller's signal mask. 0, or -1 with errno; then
 * there is nothing to stop. The caller owns `metrics`, which stays
 * where it is until metrics_stop() has returned.
 */
int metrics_start(struct metrics *metrics, int port);
/* Wakes the threads that wait in metrics_await(), and returns at once. Asking twice does no harm. */
void metrics_request_stop(struct metrics *metrics);
/* Asks, and waits until the thread has ended and the port is free. Once, by one thread. */
void metrics_stop(struct metrics *metrics);
/* Returns true once so many scrapes have been answered; false when a stop was requested, before or meanwhile. */
bool metrics_await(struct metrics *metrics, unsigned long scrapes);

/* Room for every text that metrics_text() can write. */
#define METRICS_TEXT_SIZE 4096

/* Writes what a scrape would read, given that number of threads, and returns its length. */
size_t metrics_text(char text[METRICS_TEXT_SIZE], long threads);

#endif
