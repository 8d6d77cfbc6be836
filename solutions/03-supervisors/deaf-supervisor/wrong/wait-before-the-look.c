/*
 * Tempting  the pause waits for a condition, with a time limit, and watch_stop() signals it: the pause ends early, and
 *           the supervisor is joined. There is a flag, too, and it is read when the wait is over.
 * Refused   the test: a signal is for threads that wait already. When the stop comes while one listens, none waits, and
 *           the pause that begins then passes in full. The flag is there, and nobody looks at it before the wait.
 *           And a wait may end without a signal: then a pause is none.
 * test      fails ends_with_an_error, stops_in_the_pause
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
	deadline_cond_wait(&watch->asked, &watch->lock, &end);
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
