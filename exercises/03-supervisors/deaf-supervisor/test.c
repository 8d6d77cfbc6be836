/*
 * What watch.h promises. The channel has no lock, on purpose: when watch_stop()
 * has returned, nobody listens on it any more. If somebody does, that is a data
 * race. watch_stop() is not waited for by the clock: when all other threads wait
 * and it has not returned, it will not.
 */
#include "watch.h"

#include <errno.h>
#include <stdlib.h>

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/schedule.h"

enum { LATE = 8000 /* ms: when a test stops waiting for a listener; no right watch is near it */, FOR_EVER = 86400000 };
enum { MANY = 20 };
enum { NEVER };

static struct channel {
	int fail;    /* so many times it fails at once */
	int at_stop; /* what the listener returns when it is asked to stop */
	int begun, ended;
} channels[2];

static struct stop listening[2]; /* by channel: somebody does, and it does not fail */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool returned; /* watch_stop() has; guarded by lock */

static int listen_on(void *arg, struct stop *stop)
{
	struct channel *c = arg;

	if (++c->begun <= c->fail) {
		c->ended++;
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
	watch_stop(watch);
	CHECK(pthread_mutex_lock(&lock));
	returned = true;
	CHECK(pthread_mutex_unlock(&lock));
	return NULL;
}

static void expect_stop(struct watch *watch)
{
	pthread_t thread;

	returned = false;
	CHECK(pthread_create(&thread, NULL, stop_it, watch));
	schedule_await_blocked();
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
	expect_stop(start_and_listen(0, 0));
	expect_listeners(0, MANY + 1);
}

/* The second would begin a long pause just then. Neither is told of the other's stop, nor stopped in its place. */
Test(watch, ends_with_an_error, .timeout = 60)
{
	channels[0].at_stop = channels[1].at_stop = ECANCELED;
	struct watch *first = start_and_listen(0, 0), *second = start_and_listen(1, FOR_EVER);
	expect_stop(first);
	expect_listeners(0, 1);
	cr_assert_eq(channels[1].ended, 0, "one watch was stopped, and the listener of another is back");
	expect_stop(second);
	expect_listeners(1, 1);
}

Test(watch, stops_in_the_pause, .timeout = 60)
{
	channels[0].fail = 1;
	struct watch *watch = watch_start(listen_on, &channels[0], FOR_EVER);
	schedule_await_blocked();
	expect_stop(watch);
	expect_listeners(0, 1);
}
