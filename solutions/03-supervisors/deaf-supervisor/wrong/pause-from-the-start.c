/*
 * Tempting  the listeners are sent at a steady pace: the next time is known when one is sent, and the wait for it is
 *           heard by the stop.
 * Refused   the test: a listener that lasts longer than the pause is sent back at once when it fails. The pause is
 *           for a channel that has failed, and begins then.
 * test      fails stops_in_the_pause
 */
#include "watch.h"

#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"

struct watch {
	watch_listener *listener;
	void *channel;
	long pause;
	struct stop listener_stop;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t asked;
	bool over; /* guarded by lock */
};

/* Spends the pause, or less when the watch is over. Whether it is. */
static bool pause_over(struct watch *watch, struct timespec end)
{
	CHECK(pthread_mutex_lock(&watch->lock));
	while (!watch->over && deadline_cond_wait(&watch->asked, &watch->lock, &end))
		;
	bool over = watch->over;
	CHECK(pthread_mutex_unlock(&watch->lock));
	return over;
}

static void *keep_watch(void *arg)
{
	struct watch *watch = arg;

	struct timespec end;

	do {
		end = deadline_in(watch->pause);
		watch->listener(watch->channel, &watch->listener_stop);
	} while (!pause_over(watch, end));
	return NULL;
}

struct watch *watch_start(watch_listener *listener, void *channel, long pause)
{
	struct watch *watch = calloc(1, sizeof *watch);

	HAVE(watch);
	watch->listener = listener;
	watch->channel = channel;
	watch->pause = pause;
	stop_init(&watch->listener_stop);
	CHECK(pthread_mutex_init(&watch->lock, NULL));
	deadline_cond_init(&watch->asked);
	NEED(pthread_create(&watch->thread, NULL, keep_watch, watch));
	return watch;
}

void watch_stop(struct watch *watch)
{
	CHECK(pthread_mutex_lock(&watch->lock));
	watch->over = true;
	CHECK(pthread_cond_signal(&watch->asked));
	CHECK(pthread_mutex_unlock(&watch->lock));
	stop_request(&watch->listener_stop);
	CHECK(pthread_join(watch->thread, NULL));
	CHECK(pthread_cond_destroy(&watch->asked));
	CHECK(pthread_mutex_destroy(&watch->lock));
	stop_destroy(&watch->listener_stop);
	free(watch);
}
