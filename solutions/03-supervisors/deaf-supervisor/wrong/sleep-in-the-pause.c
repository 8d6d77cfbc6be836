/*
 * Tempting  the loop asks for the stop before each run, and the supervisor is joined: everybody is told, everybody is
 *           waited for.
 * Refused   the test: the pause hears nothing. A watch on a dead channel, where one pauses most, is the one that
 *           cannot be stopped.
 * test      fails stops_in_the_pause
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

	while (!stop_requested(&watch->stop)) {
		watch->listener(watch->channel, &watch->stop);
		if (watch->pause > 0 && !stop_requested(&watch->stop))
			nanosleep(&(struct timespec){watch->pause / 1000, watch->pause % 1000 * 1000000}, NULL);
	}
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
