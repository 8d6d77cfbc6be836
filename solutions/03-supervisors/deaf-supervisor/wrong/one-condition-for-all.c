/*
 * Tempting  each watch has its own flag and its own thread; the lock and the condition are static, since they hold
 *           nothing.
 * Refused   the test: watch_stop() signals, and wakes the thread of another watch, which goes on pausing. The one
 *           that was meant does not wake up.
 * test      fails stops_in_the_pause
 */
#include "watch.h"

#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t asked;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void make(void)
{
	deadline_cond_init(&asked);
}
struct watch {
	watch_listener *listener;
	void *channel;
	long pause;
	struct stop listener_stop;
	pthread_t thread;
	bool over; /* guarded by lock */
};

/* Spends the pause, or less when the watch is over. Whether it is. */
static bool pause_over(struct watch *watch)
{
	struct timespec end = deadline_in(watch->pause);

	CHECK(pthread_mutex_lock(&lock));
	while (!watch->over && deadline_cond_wait(&asked, &lock, &end))
		;
	bool over = watch->over;
	CHECK(pthread_mutex_unlock(&lock));
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
	CHECK(pthread_once(&once, make));
	NEED(pthread_create(&watch->thread, NULL, keep_watch, watch));
	return watch;
}

void watch_stop(struct watch *watch)
{
	CHECK(pthread_mutex_lock(&lock));
	watch->over = true;
	CHECK(pthread_cond_signal(&asked));
	CHECK(pthread_mutex_unlock(&lock));
	stop_request(&watch->listener_stop);
	CHECK(pthread_join(watch->thread, NULL));
	stop_destroy(&watch->listener_stop);
	free(watch);
}
