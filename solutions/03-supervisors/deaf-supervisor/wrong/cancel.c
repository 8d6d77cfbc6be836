/*
 * Tempting  pthread_cancel() ends a loop without an exit, wherever it is, in the pause too; and a join comes after
 *           it.
 * Refused   the tests: the listener dies in the middle of it, with the channel half read and the lock of the token
 *           held.
 * test      fails sends_back_who_has_failed, ends_with_an_error
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

	for (;;) {
		watch->listener(watch->channel, &watch->stop);
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
	NEED(pthread_create(&watch->thread, NULL, keep_watch, watch));
	return watch;
}

void watch_stop(struct watch *watch)
{
	CHECK(pthread_cancel(watch->thread));
	CHECK(pthread_join(watch->thread, NULL));
	free(watch);
}
