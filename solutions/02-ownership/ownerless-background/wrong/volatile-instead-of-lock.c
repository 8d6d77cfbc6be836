/*
 * The life of the thread is right. The flags are volatile, and the lock is gone.
 *
 * Tempting  one word is read and written in one piece on every machine at hand, and the tests pass.
 * Refused   by the detectors: volatile makes the compiler load and store, and orders nothing between
 *           threads. The flag may be seen before what it stands for.
 * test      passes
 * tsan      fires  data-race in exchange
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
	volatile unsigned bits;
	struct stop stop;
	pthread_t refresher;
};

/* The one place that touches the flags: puts `fresh` there if there is any, and returns what is there. */
static unsigned exchange(struct flags *flags, const unsigned *fresh)
{
	if (fresh)
		flags->bits = *fresh;
	return flags->bits;
}

static void refresh(struct flags *flags)
{
	unsigned fresh = flags->fetch(flags->source);

	exchange(flags, &fresh);
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
	stop_init(&flags->stop);
	refresh(flags);
	NEED(pthread_create(&flags->refresher, NULL, refresh_loop, flags));
	return flags;
}

bool flags_has(struct flags *flags, unsigned flag)
{
	return exchange(flags, NULL) & flag;
}

void flags_stop(struct flags *flags)
{
	stop_request(&flags->stop);
	CHECK(pthread_join(flags->refresher, NULL));
	stop_destroy(&flags->stop);
	free(flags);
}
