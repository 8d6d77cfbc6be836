/*
 * A feeder for an aquarium: one portion each hour. After each it reports to its
 * maker. At eight the network is gone, and the report waits ten hours for it.
 * Then the feeder skips the portions that it has missed, and counts them.
 *
 * Promise   there is never more than one portion in an hour.
 * Ends      holds: hours 24, portions 14, skipped 10, at most 1 in an hour
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when portions_in_hour <= 1, joined == started
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

/* The next hour that is still to come. What was due before is skipped: a hungry fish lives, an overfed one does not. */
static int next_due(int due, int now)
{
	fish.skipped += now - due;
	return now + 1;
}

static void *feed_fish(void *arg)
{
	for (int due = 1; due <= HOURS;) {
		int now = wait_until(due);

		feed(now);
		due = next_due(due, report(now));
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
