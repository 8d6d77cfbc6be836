/*
 * Tempting  it was the supervisor that did not hear; now it has a token of its own, hears it everywhere, and is
 *           joined.
 * Refused   the tests: the supervisor waits for the listener, and the listener has been told nothing.
 * test      fails ends_with_an_error, sends_back_who_has_failed, stops_in_the_pause
 */
#include "watch.h"

#include <stdlib.h>

#include "kit/check.h"

struct watch {
	watch_listener *listener;
	void *channel;
	long pause;
	struct stop stop, listener_stop;
	pthread_t thread;
};

static void *keep_watch(void *arg)
{
	struct watch *watch = arg;

	do
		watch->listener(watch->channel, &watch->listener_stop);
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
	stop_init(&watch->listener_stop);
	NEED(pthread_create(&watch->thread, NULL, keep_watch, watch));
	return watch;
}

void watch_stop(struct watch *watch)
{
	stop_request(&watch->stop);
	CHECK(pthread_join(watch->thread, NULL));
	stop_destroy(&watch->stop);
	stop_destroy(&watch->listener_stop);
	free(watch);
}
