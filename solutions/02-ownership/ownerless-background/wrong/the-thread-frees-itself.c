/*
 * flags_stop() asks. The thread belongs to nobody, and frees the flags as its last act.
 *
 * Tempting  flags_stop() returns at once, nothing leaks, and nobody uses freed memory.
 * Refused   by the test and the detectors: the flags are safe, their source is not. A fetch that is under
 *           way goes on, on a source that the caller takes for free.
 * test      fails is_at_rest_when_stopped
 * tsan      fires  data-race in shop_when_stopped
 * budget    fires  joined in refresh_loop when joined == started
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

	while (!stop_wait(&flags->stop, flags->interval))
		refresh(flags);
	stop_destroy(&flags->stop);
	CHECK(pthread_mutex_destroy(&flags->lock));
	free(flags);
	return NULL;
}

struct flags *flags_start(flags_fetch *fetch, void *source, long interval)
{
	struct flags *flags = malloc(sizeof *flags);
	pthread_t refresher;

	HAVE(flags);
	*flags = (struct flags){.fetch = fetch, .source = source, .interval = interval};
	CHECK(pthread_mutex_init(&flags->lock, NULL));
	stop_init(&flags->stop);
	refresh(flags);
	NEED(pthread_create(&refresher, NULL, refresh_loop, flags));
	CHECK(pthread_detach(refresher));
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
}
