/*
 * The kernel counts the free places, in an eventfd that is a semaphore: a camera
 * that has read from it has a place. It waits in poll(), and reads again, since
 * another camera may have been quicker.
 *
 * Promise   passed == billed + dropped, and each caller whose plate is dropped is told.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when passed == billed + dropped, joined == started
 */
#include "toll.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int room; /* an eventfd: as many as there are free places */
	/* all below guarded by lock */
	int plates[TOLL_ROOM], first, count; /* taken and not yet billed */
	struct toll_counts counts;
	bool closed;
	/* of the thread that opens and closes */
	toll_bill *bill;
	pthread_t biller;
} toll = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *bill_all(void *arg)
{
	CHECK(pthread_mutex_lock(&toll.lock));
	while (!toll.closed || toll.count > 0) {
		if (toll.count == 0) {
			CHECK(pthread_cond_wait(&toll.changed, &toll.lock));
			continue;
		}
		int plate = toll.plates[toll.first];
		CHECK(pthread_mutex_unlock(&toll.lock));
		toll.bill(plate);
		CHECK(pthread_mutex_lock(&toll.lock));
		toll.first = (toll.first + 1) % TOLL_ROOM;
		toll.count--;
		toll.counts.billed++;
		CHECK(eventfd_write(toll.room, 1));
	}
	CHECK(pthread_mutex_unlock(&toll.lock));
	return arg;
}

void toll_open(toll_bill *bill)
{
	toll.bill = bill;
	deadline_cond_init(&toll.changed);
	toll.room = eventfd(TOLL_ROOM, EFD_SEMAPHORE | EFD_NONBLOCK);
	HAVE(toll.room >= 0);
	NEED(pthread_create(&toll.biller, NULL, bill_all, NULL));
}

static bool take_place(const struct timespec *end)
{
	struct pollfd room = {.fd = toll.room, .events = POLLIN};
	eventfd_t one;

	for (;;) {
		if (eventfd_read(toll.room, &one) == 0)
			return true;
		struct timespec now;
		REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
		long long left = (end->tv_sec - now.tv_sec) * 1000000000LL + end->tv_nsec - now.tv_nsec;
		if (left <= 0)
			return false;
		left = (left + 999999) / 1000000;
		poll(&room, 1, left < INT_MAX ? (int)left : INT_MAX);
	}
}

enum toll_result toll_pass(int plate, long patience)
{
	struct timespec end = deadline_in(patience);
	bool has_place = take_place(&end);

	enum toll_result result = TOLL_TAKEN;

	CHECK(pthread_mutex_lock(&toll.lock));
	/* Whatever ended the wait: what counts is whether there is room now. */
	toll.counts.passed++;
	if (has_place) {
		toll.plates[(toll.first + toll.count++) % TOLL_ROOM] = plate;
		CHECK(pthread_cond_broadcast(&toll.changed));
	} else {
		toll.counts.dropped++;
		result = TOLL_DROPPED;
	}
	CHECK(pthread_mutex_unlock(&toll.lock));
	return result;
}

struct toll_counts toll_counts(void)
{
	CHECK(pthread_mutex_lock(&toll.lock));
	struct toll_counts counts = toll.counts;
	CHECK(pthread_mutex_unlock(&toll.lock));
	return counts;
}

void toll_close(void)
{
	CHECK(pthread_mutex_lock(&toll.lock));
	toll.closed = true;
	CHECK(pthread_cond_broadcast(&toll.changed));
	CHECK(pthread_mutex_unlock(&toll.lock));
	CHECK(pthread_join(toll.biller, NULL));
	close(toll.room);
	CHECK(pthread_cond_destroy(&toll.changed));
}
