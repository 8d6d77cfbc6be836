/*
 * The biller signals that there is room when the bridge was full, and not otherwise.
 *
 * Tempting  cameras wait only when the bridge is full, so only the bill that ends that has somebody to wake.
 * Refused   the test: three cameras wait, and the biller writes four bills before the first camera that was woken has the
 *           lock. One has a place then, and two wait for ever beside free ones. Each place that becomes free has to
 *           wake a thread that waits for one.
 * test      fails gives_each_place_once
 */
#include "toll.h"

#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/deadline.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t some, room;
	/* all below guarded by lock */
	int plates[TOLL_ROOM], first, count; /* taken and not yet billed */
	long passed, billed;
	long taken;
	bool closed;
	/* of the thread that opens and closes */
	toll_bill *bill;
	pthread_t biller;
} toll = {.lock = PTHREAD_MUTEX_INITIALIZER, .some = PTHREAD_COND_INITIALIZER};

static void *bill_all(void *arg)
{
	CHECK(pthread_mutex_lock(&toll.lock));
	while (!toll.closed || toll.count > 0) {
		if (toll.count == 0) {
			CHECK(pthread_cond_wait(&toll.some, &toll.lock));
			continue;
		}
		int plate = toll.plates[toll.first];
		CHECK(pthread_mutex_unlock(&toll.lock));
		toll.bill(plate);
		CHECK(pthread_mutex_lock(&toll.lock));
		toll.first = (toll.first + 1) % TOLL_ROOM;
		bool was_full = toll.count-- == TOLL_ROOM;
		toll.billed++;
		if (was_full)
			CHECK(pthread_cond_signal(&toll.room));
	}
	CHECK(pthread_mutex_unlock(&toll.lock));
	return arg;
}

void toll_open(toll_bill *bill)
{
	toll.bill = bill;
	deadline_cond_init(&toll.room);
	NEED(pthread_create(&toll.biller, NULL, bill_all, NULL));
}

enum toll_result toll_pass(int plate, long patience)
{
	struct timespec end = deadline_in(patience);

	CHECK(pthread_mutex_lock(&toll.lock));
	while (toll.count == TOLL_ROOM && deadline_cond_wait(&toll.room, &toll.lock, &end))
		;
	bool taken = toll.count < TOLL_ROOM;
	toll.passed++;
	if (taken) {
		toll.taken++;
		toll.plates[(toll.first + toll.count++) % TOLL_ROOM] = plate;
		CHECK(pthread_cond_signal(&toll.some));
	}
	CHECK(pthread_mutex_unlock(&toll.lock));
	return taken ? TOLL_TAKEN : TOLL_DROPPED;
}

struct toll_counts toll_counts(void)
{
	CHECK(pthread_mutex_lock(&toll.lock));
	struct toll_counts counts = {toll.passed, toll.billed, toll.passed - toll.taken};
	CHECK(pthread_mutex_unlock(&toll.lock));
	return counts;
}

void toll_close(void)
{
	CHECK(pthread_mutex_lock(&toll.lock));
	toll.closed = true;
	CHECK(pthread_cond_signal(&toll.some));
	CHECK(pthread_mutex_unlock(&toll.lock));
	CHECK(pthread_join(toll.biller, NULL));
	CHECK(pthread_cond_destroy(&toll.room));
}
