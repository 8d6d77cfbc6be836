/*
 * Tempting  a source is not fetched by two threads at a time, so there is a lock around the fetch; it is not the one
 *           of flags_has(), which nobody may hold for long.
 * Refused   the test: it is one lock for all sources. While a slow one is being fetched, no other flags start or are
 *           fetched again.
 * test      fails answers_while_it_fetches
 */
#include "flags.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/stop.h"

struct flags {
	flags_fetch *fetch;
	void *source;
	long interval; /* milliseconds */
	pthread_mutex_t lock;
	unsigned bits; /* guarded by lock */
	struct stop stop;
	pthread_t refresher; /* joined by flags_stop() */
};

static pthread_mutex_t fetching = PTHREAD_MUTEX_INITIALIZER;

/* Fetches without the lock of the bits: flags_has() does not wait for a slow source. */
static void refresh(struct flags *flags)
{
	CHECK(pthread_mutex_lock(&fetching));
	unsigned fresh = flags->fetch(flags->source);
	CHECK(pthread_mutex_unlock(&fetching));

	CHECK(pthread_mutex_lock(&flags->lock));
	flags->bits = fresh;
	CHECK(pthread_mutex_unlock(&flags->lock));
}

static void *refresh_loop(void *arg)
{
	struct flags *flags = arg;

	/* The pause is a wait for the stop: it ends when it is asked to. */
	while (!stop_wait(&flags->stop, flags->interval))
		refresh(flags);
	return NULL;
}

struct flags *flags_start(flags_fetch *fetch, void *source, long interval)
{
	struct flags *flags = malloc(sizeof *flags);

	HAVE(flags);
	*flags = (struct flags){.fetch = fetch, .source = source, .interval = interval};
	CHECK(pthread_mutex_init(&flags->lock, NULL));
	stop_init(&flags->stop);
	/* Before there is a thread: a caller with a handle has flags to read. */
	refresh(flags);
	NEED(pthread_create(&flags->refresher, NULL, refresh_loop, flags));
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
	/*
	 * The request says nothing of a fetch that is under way; the join does. After it this is the only
	 * thread that knows the handle, and what the last fetch wrote is visible here.
	 */
	CHECK(pthread_join(flags->refresher, NULL));
	stop_destroy(&flags->stop);
	CHECK(pthread_mutex_destroy(&flags->lock));
	free(flags);
}
