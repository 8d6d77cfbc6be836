/*
 * The thread is cancelled where it is, and joined.
 *
 * Tempting  one call ends any thread, even in the middle of its interval, and no request is needed.
 * Refused   by the test: the thread also ends in the middle of a fetch, with the source half read. Had it
 *           held a lock, that lock would be held for ever.
 * test      fails is_at_rest_when_stopped
 */
#include "flags.h"

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

	for (;;) {
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
	CHECK(pthread_cancel(flags->refresher));
	CHECK(pthread_join(flags->refresher, NULL));
	CHECK(pthread_mutex_destroy(&flags->lock));
	free(flags);
}
