/*
 * Tempting  each flags have their own bits, request and thread; the lock and the condition are static, since they
 *           hold nothing.
 * Refused   the test: flags_stop() signals, and wakes the thread of other flags, which goes on waiting. The one that
 *           was meant sleeps through the interval.
 * test      fails stops_in_the_middle_of_an_interval
 */
#include "flags.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t asked;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void make(void)
{
	deadline_cond_init(&asked);
}
struct flags {
	flags_fetch *fetch;
	void *source;
	long interval; /* milliseconds */
	unsigned bits; /* guarded by lock */
	bool stopping; /* guarded by lock */
	pthread_t refresher;
};

static void refresh(struct flags *flags)
{
	unsigned fresh = flags->fetch(flags->source);

	CHECK(pthread_mutex_lock(&lock));
	flags->bits = fresh;
	CHECK(pthread_mutex_unlock(&lock));
}

/* Waits for the interval to pass. False when the flags are to stop. */
static bool pause_is_over(struct flags *flags)
{
	struct timespec next = deadline_in(flags->interval);

	CHECK(pthread_mutex_lock(&lock));
	while (!flags->stopping && deadline_cond_wait(&asked, &lock, &next))
		;
	bool go_on = !flags->stopping;
	CHECK(pthread_mutex_unlock(&lock));
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
	CHECK(pthread_once(&once, make));
	refresh(flags);
	NEED(pthread_create(&flags->refresher, NULL, refresh_loop, flags));
	return flags;
}

bool flags_has(struct flags *flags, unsigned flag)
{
	CHECK(pthread_mutex_lock(&lock));
	bool has = flags->bits & flag;
	CHECK(pthread_mutex_unlock(&lock));
	return has;
}

void flags_stop(struct flags *flags)
{
	CHECK(pthread_mutex_lock(&lock));
	flags->stopping = true;
	CHECK(pthread_cond_signal(&asked));
	CHECK(pthread_mutex_unlock(&lock));
	CHECK(pthread_join(flags->refresher, NULL));
	free(flags);
}
