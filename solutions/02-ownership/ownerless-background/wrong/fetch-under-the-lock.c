/*
 * The lock that guards the flags is held while they are fetched.
 *
 * Tempting  what the fetch returns goes straight to where the lock guards it, and no detector has anything to say.
 * Refused   the test: the source takes its time, and a caller that asks for a flag takes it, too. The shop hangs when the
 *           network does.
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

static void refresh(struct flags *flags)
{
	CHECK(pthread_mutex_lock(&flags->lock));
	flags->bits = flags->fetch(flags->source);
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
