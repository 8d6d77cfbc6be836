/*
 * Only the thread fetches, also the first time; flags_start() waits at a gate until
 * it has. A source that must be used by one thread only is served by this.
 *
 * Promise   flags_start() and flags_stop() are the thread's whole life, and each flags have their own.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
 */
#include "flags.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/gate.h"
#include "kit/stop.h"

struct flags {
	flags_fetch *fetch;
	void *source;
	long interval; /* milliseconds */
	pthread_mutex_t lock;
	unsigned bits;	     /* guarded by lock */
	struct gate fetched; /* opened after the first fetch */
	struct stop stop;
	pthread_t refresher;
};

static void refresh(struct flags *flags)
{
	unsigned fresh = flags->fetch(flags->source);

	CHECK(pthread_mutex_lock(&flags->lock));
	flags->bits = fresh;
	CHECK(pthread_mutex_unlock(&flags->lock));
}

static void *refresh_loop(void *arg)
{
	struct flags *flags = arg;

	do {
		refresh(flags);
		gate_open(&flags->fetched);
	} while (!stop_wait(&flags->stop, flags->interval));
	return NULL;
}

struct flags *flags_start(flags_fetch *fetch, void *source, long interval)
{
	struct flags *flags = malloc(sizeof *flags);

	HAVE(flags);
	*flags = (struct flags){.fetch = fetch, .source = source, .interval = interval};
	CHECK(pthread_mutex_init(&flags->lock, NULL));
	stop_init(&flags->stop);
	gate_init(&flags->fetched);
	NEED(pthread_create(&flags->refresher, NULL, refresh_loop, flags));
	gate_wait(&flags->fetched);
	return flags;
}

bool flags_has(struct flags *flags, unsigned flag)
{
	CHECK(pthread_mutex_lock(&flags->lock));
	bool has = flags->bits & flag;
	CHECK(pthread_mutex_unlock(&flags->lock));
	return has;
}

void flags_stop(struct flags *flags)
{
	stop_request(&flags->stop);
	CHECK(pthread_join(flags->refresher, NULL));
	gate_destroy(&flags->fetched);
	stop_destroy(&flags->stop);
	CHECK(pthread_mutex_destroy(&flags->lock));
	free(flags);
}
