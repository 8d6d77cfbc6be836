/*
 * The pause is a poll() of a pipe, and the stop closes its other end first, then tells
 * the listener: a listener that has left because of it finds the pipe closed.
 *
 * Promise   when watch_stop() returns, nobody listens, nor will again.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads <= 6, joined == started, detached <= 0
 */
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"

struct watch {
	watch_listener *listener;
	void *channel;
	long pause;
	struct stop stop;
	int over[2]; /* a pipe; nothing is ever written: the thread only waits for the other end to close */
	pthread_t thread;
};

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

static void *keep_watch(void *arg)
{
	struct watch *watch = arg;
	struct pollfd over = {.fd = watch->over[0], .events = POLLIN};

	do
		watch->listener(watch->channel, &watch->stop);
	while (poll_until(&over, deadline_in(watch->pause)) == 0);
	return NULL;
}

struct watch *watch_start(watch_listener *listener, void *channel, long pause)
{
	struct watch *watch = malloc(sizeof *watch);

	HAVE(watch);
	*watch = (struct watch){.listener = listener, .channel = channel, .pause = pause};
	stop_init(&watch->stop);
	HAVE(pipe(watch->over) == 0);
	NEED(pthread_create(&watch->thread, NULL, keep_watch, watch));
	return watch;
}

void watch_stop(struct watch *watch)
{
	REQUIRE(close(watch->over[1]) == 0);
	stop_request(&watch->stop);
	CHECK(pthread_join(watch->thread, NULL));
	REQUIRE(close(watch->over[0]) == 0);
	stop_destroy(&watch->stop);
	free(watch);
}
