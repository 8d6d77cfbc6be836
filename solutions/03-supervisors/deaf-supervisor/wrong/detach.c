/*
 * Tempting  the supervisor hears the stop everywhere and ends by itself, so nobody has to wait for it. Its few bytes
 *           stay.
 * Refused   by the detectors: watch_stop() returns while someone listens, and the caller closes the channel under
 *           them. The budget counts the thread that nobody can join. What the tests say is luck.
 * tsan      fires  data-race in channel_when_stopped
 * budget    fires  joined in keep_watch, detached in keep_watch when threads <= 6, joined == started, detached <= 0
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
	CHECK(pthread_detach(watch->thread));
	stop_request(&watch->stop);
}
