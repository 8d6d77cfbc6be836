/*
 * The supervisor has its own request, its own lock and its own condition, and
 * the listener has the token. Two requests need an order: the supervisor first.
 * The other way round it could see a listener that has left, and no request
 * yet, and send another one.
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
static bool pause_over(struct watch *watch)
{
	struct timespec end = deadline_in(watch->pause);

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

	do
		watch->listener(watch->channel, &watch->listener_stop);
	while (!pause_over(watch));
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
