/*
 * Yours to fix. The listener hears the stop. The thread that sends it back does not.
 *
 * Promise   when watch_stop() returns, nobody listens, nor will again.
 * test      fails sends_back_who_has_failed, ends_with_an_error, stops_in_the_pause
 */
#include "watch.h"

#include <stdlib.h>
#include <time.h>

#include "kit/check.h"
#include "kit/gate.h"

struct watch {
	watch_listener *listener;
	void *channel;
	long pause;
	struct stop stop;
	struct gate left; /* the listener has left, as it was asked to */
	pthread_t thread;
};

static void *keep_watch(void *arg)
{
	struct watch *watch = arg;

	for (;;) {
		watch->listener(watch->channel, &watch->stop);
		if (stop_requested(&watch->stop))
			gate_open(&watch->left);
		if (watch->pause > 0)
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
	gate_init(&watch->left);
	NEED(pthread_create(&watch->thread, NULL, keep_watch, watch));
	return watch;
}

void watch_stop(struct watch *watch)
{
	stop_request(&watch->stop);
	gate_wait(&watch->left);
}
