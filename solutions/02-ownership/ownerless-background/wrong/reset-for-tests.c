/*
 * The thread stays for good, and flags_stop() takes its source away. flags_start()
 * gives it another.
 *
 * Tempting  a few lines, and the tests that need a fresh start get one.
 * Refused   by the tests and the detectors: a fetch that is under way goes on, on a source that the caller
 *           takes for free. And there is still one thread and one set of flags for all.
 * test      fails each_follows_its_own_source, is_at_rest_when_stopped
 * tsan      fires  data-race in shop_when_stopped
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
	CHECK(pthread_mutex_lock(&flags->lock));
	flags_fetch *fetch = flags->fetch;
	void *source = flags->source;
	CHECK(pthread_mutex_unlock(&flags->lock));
	unsigned fresh = fetch ? fetch(source) : 0;

	CHECK(pthread_mutex_lock(&flags->lock));
	flags->bits = fresh;
	CHECK(pthread_mutex_unlock(&flags->lock));
}

static void *refresh_loop(void *arg)
{
	struct flags *flags = arg;

	for (;;) {
		CHECK(pthread_mutex_lock(&flags->lock));
		struct timespec interval = {flags->interval / 1000, flags->interval % 1000 * 1000000};
		CHECK(pthread_mutex_unlock(&flags->lock));
		nanosleep(&interval, NULL);
		refresh(flags);
	}
	return NULL;
}

static void start_refresher(void)
{
	pthread_t refresher;

	NEED(pthread_create(&refresher, NULL, refresh_loop, &the_flags));
	CHECK(pthread_detach(refresher));
}

static void set_source(flags_fetch *fetch, void *source, long interval)
{
	CHECK(pthread_mutex_lock(&the_flags.lock));
	the_flags.fetch = fetch;
	the_flags.source = source;
	the_flags.interval = interval;
	CHECK(pthread_mutex_unlock(&the_flags.lock));
}

struct flags *flags_start(flags_fetch *fetch, void *source, long interval)
{
	set_source(fetch, source, interval);
	refresh(&the_flags);
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
	set_source(NULL, NULL, flags->interval);
}
