/*
 * Each flags have their own memory, lock and thread, and there is one stop token.
 *
 * Tempting  only one thing is left in the file, and it is not data, only a request.
 * Refused   by the test: who stops one set of flags stops the threads of all. The others keep their last
 *           flags for ever, and nobody hears of it.
 * test      fails each_follows_its_own_source
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
	pthread_t refresher;
};

static struct stop stop;
static pthread_once_t first_use = PTHREAD_ONCE_INIT;

static void make_stop(void)
{
	stop_init(&stop);
}

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

	while (!stop_wait(&stop, flags->interval))
		refresh(flags);
	return NULL;
}

struct flags *flags_start(flags_fetch *fetch, void *source, long interval)
{
	struct flags *flags = malloc(sizeof *flags);

	HAVE(flags);
	*flags = (struct flags){.fetch = fetch, .source = source, .interval = interval};
	CHECK(pthread_mutex_init(&flags->lock, NULL));
	CHECK(pthread_once(&first_use, make_stop));
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
	stop_request(&stop);
	CHECK(pthread_join(flags->refresher, NULL));
	CHECK(pthread_mutex_destroy(&flags->lock));
	free(flags);
}
