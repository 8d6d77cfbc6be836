/*
 * One token for both. The listener hears it in its wait, the supervisor in its
 * pause and before each run, and so there is no moment at which a stop is not
 * heard. The result of the listener does not count: whether it is sent again is
 * decided by whether somebody wants it to be.
 *
 * A thread that joins the supervisor has joined what it runs, for it runs it itself.
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

#include <stdlib.h>

#include "kit/check.h"

struct watch {
	watch_listener *listener;
	void *channel;
	long pause;
	struct stop stop;
	pthread_t thread;
};

static void *keep_watch(void *arg)
{
	struct watch *watch = arg;

	do
		watch->listener(watch->channel, &watch->stop);
	while (!stop_wait(&watch->stop, watch->pause));
	return NULL;
}

struct watch *watch_start(watch_listener *listener, void *channel, long pause)
{
	struct watch *watch = malloc(sizeof *watch);

	HAVE(watch);
	watch->listener = listener;
	watch->channel = channel;
	watch->pause = pause;
	stop_init(&watch->stop);
	NEED(pthread_create(&watch->thread, NULL, keep_watch, watch));
	return watch;
}

void watch_stop(struct watch *watch)
{
	stop_request(&watch->stop);
	CHECK(pthread_join(watch->thread, NULL));
	stop_destroy(&watch->stop);
	free(watch);
}
