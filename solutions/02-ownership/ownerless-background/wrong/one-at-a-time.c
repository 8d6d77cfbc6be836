/*
 * The thread has a start and a join, and the file has one place for it. A caller
 * that comes while it runs gets what is there.
 *
 * Tempting  it can be stopped, waited for and started again, and the callers of today need only one.
 * Refused   by the test: the second shop of the process gets the flags of the first. The owner is still the
 *           file, and not who called flags_start().
 * test      fails each_follows_its_own_source, stops_in_the_middle_of_an_interval
 */
#include "flags.h"

#include <pthread.h>

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

static struct flags the_flags = {.lock = PTHREAD_MUTEX_INITIALIZER};
static int users;

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
	return NULL;
}

struct flags *flags_start(flags_fetch *fetch, void *source, long interval)
{
	if (users++ > 0)
		return &the_flags;
	the_flags.fetch = fetch;
	the_flags.source = source;
	the_flags.interval = interval;
	stop_init(&the_flags.stop);
	refresh(&the_flags);
	NEED(pthread_create(&the_flags.refresher, NULL, refresh_loop, &the_flags));
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
	if (--users > 0)
		return;
	stop_request(&flags->stop);
	CHECK(pthread_join(flags->refresher, NULL));
	stop_destroy(&flags->stop);
}
