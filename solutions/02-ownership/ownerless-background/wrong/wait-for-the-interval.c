/*
 * The thread is asked and joined. It looks at the request once in an interval.
 *
 * Tempting  asked, waited, freed: all three are there, and no detector finds anything.
 * Refused   by the test: the thread sleeps through the request. With an interval of 30 seconds every test of
 *           every module that uses flags takes 30 seconds, and soon nobody runs them.
 * test      fails stops_in_the_middle_of_an_interval
 */
#include "flags.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "kit/check.h"
#include "kit/stop.h"

struct flags {
	flags_fetch *fetch;
	void *source;
	long interval; /* milliseconds */
	pthread_mutex_t lock;
	unsigned bits; /* guarded by lock */
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
	struct timespec interval = {flags->interval / 1000, flags->interval % 1000 * 1000000};

	while (!stop_requested(&flags->stop)) {
		nanosleep(&interval, NULL);
		refresh(flags);
	}
	return NULL;
}

struct flags *flags_start(flags_fetch *fetch, void *source, long interval)
{
	struct flags *flags = malloc(sizeof *flags);

	HAVE(flags);
	*flags = (struct flags){.fetch = fetch, .source = source, .interval = interval};
	CHECK(pthread_mutex_init(&flags->lock, NULL));
	stop_init(&flags->stop);
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
	CHECK(pthread_join(flags->refresher, NULL));
	stop_destroy(&flags->stop);
	CHECK(pthread_mutex_destroy(&flags->lock));
	free(flags);
}
