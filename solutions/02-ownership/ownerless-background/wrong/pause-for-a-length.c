/*
 * The life of the thread is right. The interval is handed to the timed wait as it is.
 *
 * Tempting  the wait ends early when it is asked to, the flags are always fresh, and no detector finds anything.
 * Refused   by the test: pthread_cond_timedwait() takes a point in time, not a length, and this one has long passed.
 *           The thread never waits, and fetches as fast as the source lets it.
 * test      fails each_follows_its_own_source, stops_in_the_middle_of_an_interval
 */
#include "flags.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "kit/check.h"

struct flags {
	flags_fetch *fetch;
	void *source;
	long interval; /* milliseconds */
	pthread_mutex_t lock;
	unsigned bits; /* guarded by lock */
	bool stopping; /* guarded by lock */
	pthread_cond_t asked;
	pthread_t refresher;
};

static void refresh(struct flags *flags)
{
	unsigned fresh = flags->fetch(flags->source);

	CHECK(pthread_mutex_lock(&flags->lock));
	flags->bits = fresh;
	CHECK(pthread_mutex_unlock(&flags->lock));
}

/* Waits for the interval to pass. False when the flags are to stop. */
static bool pause_is_over(struct flags *flags)
{
	struct timespec pause = {flags->interval / 1000, flags->interval % 1000 * 1000000};

	CHECK(pthread_mutex_lock(&flags->lock));
	while (!flags->stopping && pthread_cond_timedwait(&flags->asked, &flags->lock, &pause) != ETIMEDOUT)
		;
	bool go_on = !flags->stopping;
	CHECK(pthread_mutex_unlock(&flags->lock));
	return go_on;
}

static void *refresh_loop(void *arg)
{
	struct flags *flags = arg;

	while (pause_is_over(flags))
		refresh(flags);
	return NULL;
}

struct flags *flags_start(flags_fetch *fetch, void *source, long interval)
{
	struct flags *flags = malloc(sizeof *flags);

	HAVE(flags);
	*flags = (struct flags){.fetch = fetch, .source = source, .interval = interval};
	CHECK(pthread_mutex_init(&flags->lock, NULL));
	CHECK(pthread_cond_init(&flags->asked, NULL));
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
	CHECK(pthread_mutex_lock(&flags->lock));
	flags->stopping = true;
	CHECK(pthread_cond_signal(&flags->asked));
	CHECK(pthread_mutex_unlock(&flags->lock));
	CHECK(pthread_join(flags->refresher, NULL));
	CHECK(pthread_cond_destroy(&flags->asked));
	CHECK(pthread_mutex_destroy(&flags->lock));
	free(flags);
}
