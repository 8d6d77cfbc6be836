/*
 * The same life without the stop token: one lock for the flags and for the request
 * to stop, and a timed wait on a condition.
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
#include "kit/deadline.h"

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
	struct timespec next = deadline_in(flags->interval);

	CHECK(pthread_mutex_lock(&flags->lock));
	while (!flags->stopping && deadline_cond_wait(&flags->asked, &flags->lock, &next))
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
	deadline_cond_init(&flags->asked);
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
