/*
 * What watch.h promises. The channel has no lock, on purpose: when watch_stop()
 * has returned, nobody listens on it any more. If somebody does, that is a data
 * race. watch_stop() is not waited for by the clock: when all other threads wait
 * and it has not returned, it will not.
 */
#include "watch.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum { LATE = 8000 /* ms: when a test stops waiting for a listener; no right watch is near it */, FOR_EVER = 86400000 };
enum { MANY = 20 };
enum { PAUSE = 900 /* ms: a tenth of it is clearly too short, and ten times of it is longer than LATE */ };
enum { NEVER };

static struct channel {
	int fail;    /* so many times it fails at once */
	int at_stop; /* what the listener returns when it is asked to stop */
	long lasts;  /* ms, the first time that it fails */
	int begun, ended;
	struct timespec failed_at; /* when it has, the last time */
	long paused;		   /* ms from then to the listener after it */
} channels[4];

static struct stop listening[4]; /* by channel: somebody does, and it does not fail */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool slowly;   /* between two steps of watch_stop() the watch does all that it can */
static bool returned; /* watch_stop() has; guarded by lock */

static long ms_since(const struct timespec *moment)
{
	struct timespec now = deadline_in(0);

	return (now.tv_sec - moment->tv_sec) * 1000 + (now.tv_nsec - moment->tv_nsec) / 1000000;
}

static int listen_on(void *arg, struct stop *stop)
{
	struct channel *c = arg;

	if (c->begun > 0)
		c->paused = ms_since(&c->failed_at);
	if (++c->begun <= c->fail) {
		struct timespec lasts = {c->lasts / 1000, c->lasts % 1000 * 1000000};
		nanosleep(&lasts, NULL); /* at least: a pause that began with the listener is over by then */
		c->ended++;
		c->failed_at = deadline_in(0);
		return c->begun % 2 ? EIO : ECANCELED; /* nobody has asked it to stop: the error does not tell */
	}
	if (c->begun > c->fail + 1)
		schedule_await(NEVER); /* the stop was requested before this one began */
	stop_request(&listening[c - channels]);
	while (!stop_wait(stop, FOR_EVER))
		;
	c->ended++;
	return c->at_stop;
}

static struct watch *start_and_listen(int channel, long pause)
{
	stop_init(&listening[channel]);
	struct watch *watch = watch_start(listen_on, &channels[channel], pause);
	cr_assert(stop_wait(&listening[channel], LATE), "nobody listens on a channel that does not fail any more");
	return watch;
}

static void *stop_it(void *watch)
{
	if (slowly)
		schedule_go_last();
	watch_stop(watch);
	CHECK(pthread_mutex_lock(&lock));
	returned = true;
	CHECK(pthread_mutex_unlock(&lock));
	return NULL;
}

/* The thread that listens, which may be that of the pause too: else it has ended by then. */
static struct {
	bool is_held; /* in the pause */
	pthread_key_t key;
	pthread_t thread;
	bool ended; /* guarded by lock */
} listener;

static void listener_ends(void *unused)
{
	(void)unused;
	CHECK(pthread_mutex_lock(&lock));
	listener.ended = true;
	CHECK(pthread_mutex_unlock(&lock));
}

static int listen_in_known_thread(void *arg, struct stop *stop)
{
	CHECK(pthread_mutex_lock(&lock));
	listener.thread = pthread_self();
	CHECK(pthread_mutex_unlock(&lock));
	CHECK(pthread_setspecific(listener.key, &listener));
	return listen_on(arg, stop);
}

/* Holds the thread that has listened, if the pause is its own. */
static void hold_in_the_pause(void)
{
	CHECK(pthread_mutex_lock(&lock));
	bool ended = listener.ended;
	pthread_t thread = listener.thread;
	CHECK(pthread_mutex_unlock(&lock));
	if (!ended)
		schedule_hold(thread);
	listener.is_held = !ended;
}

static void expect_stop(struct watch *watch)
{
	pthread_t thread;
	int taken[2];

	returned = false;
	CHECK(pthread_create(&thread, NULL, stop_it, watch));
	schedule_await_blocked();
	if (listener.is_held) { /* what the pause needs has to be there until it is over */
		/* Until the test ends they have the numbers of descriptors that watch_stop() closed too early. */
		REQUIRE(pipe(taken) == 0);
		schedule_let_go();
		schedule_await_blocked();
	}
	CHECK(pthread_mutex_lock(&lock));
	bool has = returned;
	CHECK(pthread_mutex_unlock(&lock));
	cr_assert(has, "everybody waits, and watch_stop() has not returned");
	CHECK(pthread_join(thread, NULL));
}

/* Looks without a lock, as the caller of watch_stop() may. */
static struct channel channel_when_stopped(int channel)
{
	return channels[channel];
}

static void expect_listeners(int channel, int expected)
{
	struct channel now = channel_when_stopped(channel);

	cr_assert_eq(now.begun, expected, "listeners sent %d, expected %d", now.begun, expected);
	cr_assert_eq(now.ended, now.begun, "watch_stop() has returned, and of %d listeners %d are back", now.begun,
		     now.ended);
}

Test(watch, sends_back_who_has_failed, .timeout = 60)
{
	channels[0].fail = MANY;
	slowly = true;
	expect_stop(start_and_listen(0, 0));
	expect_listeners(0, MANY + 1);
}

/* The second would begin a long pause just then. Neither is told of the other's stop, nor stopped in its place. */
Test(watch, ends_with_an_error, .timeout = 60)
{
	channels[0].at_stop = channels[1].at_stop = ECANCELED;
	slowly = true;
	struct watch *first = start_and_listen(0, 0), *second = start_and_listen(1, FOR_EVER);
	expect_stop(first);
	expect_listeners(0, 1);
	cr_assert_eq(channels[1].ended, 0, "one watch was stopped, and the listener of another is back");
	expect_stop(second);
	expect_listeners(1, 1);
}

Test(watch, stops_in_the_pause, .timeout = 60)
{
	for (int i = 0; i < 4; i++)
		channels[i].fail = 1;
	channels[1].lasts = PAUSE; /* a pause that began with the listener would be over */
	schedule_wake_in_vain();
	struct watch *short_one = start_and_listen(1, PAUSE);
	slowly = true;
	expect_stop(short_one);
	long paused = channel_when_stopped(1).paused;
	cr_assert_geq(paused, PAUSE, "the pause is %d ms, and the listener was sent back %ld ms after it had failed",
		      PAUSE, paused);
	struct watch *first = watch_start(listen_on, &channels[3], FOR_EVER);
	schedule_await_blocked(); /* it waits first: one wake-up for any of those in a pause is not enough */
	struct watch *watch = watch_start(listen_on, &channels[0], FOR_EVER);
	schedule_await_blocked();
	expect_stop(watch);
	expect_listeners(0, 1);
	expect_stop(first);

	slowly = false;
	CHECK(pthread_key_create(&listener.key, listener_ends));
	watch = watch_start(listen_in_known_thread, &channels[2], FOR_EVER);
	schedule_await_blocked();
	hold_in_the_pause();
	expect_stop(watch);
	expect_listeners(2, 1);
}
