/*
 * Yours to fix. The module is older than its header: the first flags_start()
 * in the process starts a thread, and from then on there is one, for good.
 *
 * Promise   flags_start() and flags_stop() are the thread's whole life, and each flags have their own.
 * test      fails each_follows_its_own_source, is_at_rest_when_stopped, starts_again,
 *           stops_in_the_middle_of_an_interval
 * tsan      fires  data-race in shop_when_stopped
 * helgrind  fires  Race in shop_when_stopped
 * budget    fires  joined in refresh_loop when joined == started
 */
#include "flags.h"

#include <pthread.h>
#include <stddef.h>
#include <time.h>

#include "kit/check.h"

struct flags {
	flags_fetch *fetch;
	void *source;
	long interval; /* milliseconds */
	pthread_mutex_t lock;
	unsigned bits; /* guarded by lock */
};

static struct flags the_flags = {.lock = PTHREAD_MUTEX_INITIALIZER};
static pthread_once_t first_use = PTHREAD_ONCE_INIT;

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

static void start_refresher(void)
{
	pthread_t refresher;

	refresh(&the_flags);
	NEED(pthread_create(&refresher, NULL, refresh_loop, &the_flags));
	CHECK(pthread_detach(refresher));
}

struct flags *flags_start(flags_fetch *fetch, void *source, long interval)
{
	if (!the_flags.fetch) {
		the_flags.fetch = fetch;
		the_flags.source = source;
		the_flags.interval = interval;
	}
	CHECK(pthread_once(&first_use, start_refresher));
	return &the_flags;
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
	(void)flags; /* the thread runs as long as the process */
}
