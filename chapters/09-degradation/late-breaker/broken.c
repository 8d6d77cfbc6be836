/*
 * Each rider who leaves a scooter takes a photo. A thread unpacks it and asks a
 * service whether the scooter is in the way; a circuit breaker lets the call
 * through, or not. Tonight the service is down, and soon the breaker is open.
 *
 * Promise   no thread begins for a call that the breaker does not let through.
 * Ends      broken: rides 43, calls 3, unchecked 43, threads 43, at once 40
 * tsan      blind  the breaker has its lock, and each thread is joined; that it has nothing to do is not an access
 * helgrind  blind  the breaker has its lock, and each thread is joined; that it has nothing to do is not an access
 * drd       blind  the breaker has its lock, and each thread is joined; that it has nothing to do is not an access
 * memcheck  blind  all memory is freed in the end, the threads' stacks too
 * budget    fires  started in check, threads in check when started <= let_through, threads <= 2, joined == started
 */
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

enum { FAILURES = 3 /* and it opens */, LATER = 40 /* rides that end then */, RIDES = FAILURES + LATER };
enum { AT_TEN, AT_ELEVEN };

/* It stays open: the service is down for longer than this program runs. */
static struct {
	pthread_mutex_t lock;
	int calls, failures; /* let through; and failed, in a row; guarded by lock */
} breaker = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct ride {
	int end; /* AT_TEN or AT_ELEVEN */
	pthread_t thread;
	bool running; /* the thread; of main() */
	bool checked; /* of the thread until it is joined */
} rides[RIDES];

static int started, running, most; /* threads, and how many at once; of main() */

static bool breaker_lets_through(void)
{
	CHECK(pthread_mutex_lock(&breaker.lock));
	bool yes = breaker.failures < FAILURES;
	if (yes)
		gauge_set("let_through", ++breaker.calls);
	CHECK(pthread_mutex_unlock(&breaker.lock));
	return yes;
}

/* Asks the service, and tells the breaker. False: no answer. */
static bool call(void)
{
	bool answered = false;

	CHECK(pthread_mutex_lock(&breaker.lock));
	breaker.failures = answered ? 0 : breaker.failures + 1;
	CHECK(pthread_mutex_unlock(&breaker.lock));
	return answered;
}

static void *check(void *arg)
{
	struct ride *ride = arg;

	/* Unpacks the photo: 36 megabytes, and time for all others who stop at that hour to stop as well. */
	schedule_await(ride->end);
	/* No call without the breaker. But what asks here is a thread, and it was started without asking. */
	ride->checked = breaker_lets_through() && call();
	return NULL;
}

/* The ride is over, and the rider goes, whether the photo is checked or not. */
static void ride_end(struct ride *ride, int hour)
{
	ride->end = hour;
	ride->running = true;
	most = ++running > most ? running : most;
	started++;
	NEED(pthread_create(&ride->thread, NULL, check, ride));
}

/* Waits for the ride's thread, and tells whether the photo was checked. */
static bool ride_checked(struct ride *ride)
{
	if (ride->running) {
		CHECK(pthread_join(ride->thread, NULL));
		ride->running = false;
		running--;
	}
	return ride->checked;
}

int main(void)
{
	int unchecked = 0;

	schedule_reached(AT_TEN);
	for (int i = 0; i < FAILURES; i++) {
		ride_end(&rides[i], AT_TEN);
		unchecked += !ride_checked(&rides[i]);
	}
	for (int i = FAILURES; i < RIDES; i++)
		ride_end(&rides[i], AT_ELEVEN);
	schedule_reached(AT_ELEVEN);
	for (int i = FAILURES; i < RIDES; i++)
		unchecked += !ride_checked(&rides[i]);
	return invariant(started == breaker.calls, "rides %d, calls %d, unchecked %d, threads %d, at once %d", RIDES,
			 breaker.calls, unchecked, started, most);
}
