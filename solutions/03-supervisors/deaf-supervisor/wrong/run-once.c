/*
 * Tempting  what is never started again cannot be started again too late; and a stop is a request and a join.
 * Refused   the test: without the second run it is not a supervisor. The first bad minute of the channel is its last.
 * test      fails sends_back_who_has_failed, stops_in_the_pause
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

	watch->listener(watch->channel, &watch->stop);
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
