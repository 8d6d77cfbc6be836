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
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"

struct flags {
	flags_fetch *fetch;
	void *source;
	long interval;
	pthread_rwlock_t lock;
	unsigned bits;
	int stop[2];
	pthread_t thread;
};

static void refresh(struct flags *flags)
{
	unsigned fresh = flags->fetch(flags->source);

	CHECK(pthread_rwlock_wrlock(&flags->lock));
	flags->bits = fresh;
	CHECK(pthread_rwlock_unlock(&flags->lock));
}

static void *loop(void *arg)
{
	struct flags *flags = arg;
	struct pollfd fd = {.fd = flags->stop[0], .events = POLLIN};

	for (;;) {
		int n = poll(&fd, 1, (int)flags->interval);
		if (n > 0)
			return NULL;
		if (n == 0)
			refresh(flags);
		else
			REQUIRE(errno == EINTR);
	}
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
	close(flags->stop[1]);
	CHECK(pthread_join(flags->thread, NULL));
	close(flags->stop[0]);
	CHECK(pthread_rwlock_destroy(&flags->lock));
	free(flags);
}
