/*
 * The pause is a poll() of a pipe, and its other end is closed to stop. Readers of the
 * flags do not wait for each other: theirs is the reading side of a lock.
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

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"

struct flags {
	flags_fetch *fetch;
	void *source;
	long interval; /* milliseconds */
	pthread_rwlock_t lock;
	unsigned bits; /* guarded by lock */
	int stop[2];   /* a pipe; nothing is ever written: the thread only waits for the other end to close */
	pthread_t thread;
};

static void refresh(struct flags *flags)
{
	unsigned fresh = flags->fetch(flags->source);

	CHECK(pthread_rwlock_wrlock(&flags->lock));
	flags->bits = fresh;
	CHECK(pthread_rwlock_unlock(&flags->lock));
}

/* As poll(), until this point in time: a signal that arrives meanwhile does not make the wait shorter or longer. */
static int poll_until(struct pollfd *event, struct timespec end)
{
	struct timespec now;
	int events;

	do {
		REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
		long left = (end.tv_sec - now.tv_sec) * 1000 + (end.tv_nsec - now.tv_nsec + 999999) / 1000000;
		events = poll(event, 1, left > 0 ? (int)left : 0);
		REQUIRE(events >= 0 || errno == EINTR);
	} while (events < 0);
	return events;
}

static void *loop(void *arg)
{
	struct flags *flags = arg;
	struct pollfd stop = {.fd = flags->stop[0], .events = POLLIN};

	while (poll_until(&stop, deadline_in(flags->interval)) == 0)
		refresh(flags);
	return NULL;
}

struct flags *flags_start(flags_fetch *fetch, void *source, long interval)
{
	struct flags *flags = calloc(1, sizeof *flags);

	HAVE(flags);
	flags->fetch = fetch;
	flags->source = source;
	flags->interval = interval;
	CHECK(pthread_rwlock_init(&flags->lock, NULL));
	HAVE(pipe(flags->stop) == 0);
	refresh(flags);
	NEED(pthread_create(&flags->thread, NULL, loop, flags));
	return flags;
}

bool flags_has(struct flags *flags, unsigned flag)
{
	CHECK(pthread_rwlock_rdlock(&flags->lock));
	bool has = flags->bits & flag;
	CHECK(pthread_rwlock_unlock(&flags->lock));
	return has;
}

void flags_stop(struct flags *flags)
{
	REQUIRE(close(flags->stop[1]) == 0);
	CHECK(pthread_join(flags->thread, NULL));
	REQUIRE(close(flags->stop[0]) == 0);
	CHECK(pthread_rwlock_destroy(&flags->lock));
	free(flags);
}
