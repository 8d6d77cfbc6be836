/*
 * A feeder for an aquarium: one portion each hour. After each it reports to its
 * maker. At eight the network is gone, and the report waits ten hours for it.
 * Then the feeder goes on with the portion of nine o'clock.
 *
 * Promise   there is never more than one portion in an hour.
 * Ends      broken: hours 24, portions 24, skipped 0, at most 10 in an hour
 * tsan      blind  one thread feeds, and what it shares with the clock has a lock; too much at a time is not an access
 * helgrind  blind  one thread feeds, and what it shares with the clock has a lock; too much at a time is not an access
 * drd       blind  one thread feeds, and what it shares with the clock has a lock; too much at a time is not an access
 * memcheck  blind  it does not know what an hour is
 * budget    fires  portions_in_hour in feed when portions_in_hour <= 1, joined == started
 */
#include <pthread.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

enum { HOURS = 24, NETWORK_GONE = 8, NETWORK_BACK = 18 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t turned;
	int hour; /* guarded by lock */
} day = {.lock = PTHREAD_MUTEX_INITIALIZER, .turned = PTHREAD_COND_INITIALIZER};

/* The feeder's until it was joined. */
static struct {
	int in_hour[HOURS + 1], portions, skipped, most;
} fish;

/* Returns the hour that it is then: this one, or a later one. */
static int wait_until(int hour)
{
	CHECK(pthread_mutex_lock(&day.lock));
	while (day.hour < hour)
		CHECK(pthread_cond_wait(&day.turned, &day.lock));
	int now = day.hour;
	CHECK(pthread_mutex_unlock(&day.lock));
	return now;
}

static void feed(int now)
{
	int portions = ++fish.in_hour[now];

	fish.portions++;
	fish.most = portions > fish.most ? portions : fish.most;
	gauge_set("portions_in_hour", portions);
}

/* Tells the maker. Without a network it waits for one. Returns the hour that it is then. */
static int report(int now)
{
	return wait_until(now >= NETWORK_GONE ? NETWORK_BACK : now);
}

static void *feed_fish(void *arg)
{
	for (int due = 1; due <= HOURS; due++) {
		int now = wait_until(due);

		feed(now);
		/* Whatever has become due during the report is still to come, and then it is due all at once. */
		report(now);
	}
	return arg;
}

int main(void)
{
	pthread_t feeder;

	NEED(pthread_create(&feeder, NULL, feed_fish, NULL));
	for (int hour = 1; hour <= HOURS; hour++) {
		CHECK(pthread_mutex_lock(&day.lock));
		day.hour = hour;
		CHECK(pthread_cond_signal(&day.turned));
		CHECK(pthread_mutex_unlock(&day.lock));
		schedule_await_blocked(); /* all that happens in this hour has happened */
	}
	CHECK(pthread_join(feeder, NULL));
	return invariant(fish.most <= 1, "hours %d, portions %d, skipped %d, at most %d in an hour", HOURS,
			 fish.portions, fish.skipped, fish.most);
}
