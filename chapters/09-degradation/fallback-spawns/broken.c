/*
 * The return slot of a library. Each book is booked in the catalogue, by one
 * call, and rides off on a belt. When the call fails, a thread is started that
 * tries until it works. After two books the catalogue goes down.
 *
 * Promise   at most two retries are under way at a time, and each book is booked, or goes to the desk.
 * Ends      broken: returned 12, booked 12, for the desk 0, retries at once 10
 * tsan      blind  each retry waits under the lock, works and ends; how many there are is not an access
 * helgrind  blind  each retry waits under the lock, works and ends; how many there are is not an access
 * drd       blind  each retry waits under the lock, works and ends; how many there are is not an access
 * memcheck  blind  a thread that waits keeps its memory, and uses it rightly
 * budget    fires  threads in book_later, joined in book_later
 *                  when threads <= 3, joined == started, returned == booked + for_the_desk
 */
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

enum { BEFORE = 2, OUTAGE = 10, BOOKS = BEFORE + OUTAGE /* that are returned */, RETRIES = 2 };
enum result { BOOKED, LATER };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	bool up;
	int booked;
	int retrying, most; /* retries under way, and how many there were at a time */
} catalogue = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .up = true};

/* The fast path: one call. False: the catalogue is down. */
static bool book_now(void)
{
	CHECK(pthread_mutex_lock(&catalogue.lock));
	bool up = catalogue.up;
	if (up)
		gauge_set("booked", ++catalogue.booked);
	CHECK(pthread_mutex_unlock(&catalogue.lock));
	return up;
}

/* The slow path: tries until it works. */
static void retry(void)
{
	CHECK(pthread_mutex_lock(&catalogue.lock));
	catalogue.retrying++;
	catalogue.most = catalogue.retrying > catalogue.most ? catalogue.retrying : catalogue.most;
	while (!catalogue.up)
		CHECK(pthread_cond_wait(&catalogue.changed, &catalogue.lock));
	gauge_set("booked", ++catalogue.booked);
	catalogue.retrying--;
	CHECK(pthread_cond_broadcast(&catalogue.changed));
	CHECK(pthread_mutex_unlock(&catalogue.lock));
}

static void *book_later(void *book)
{
	retry();
	return book;
}

/* The reader gets a receipt, whatever it returns. */
static enum result take_back(int *book)
{
	pthread_t thread;

	if (book_now())
		return BOOKED;
	/* So it is the failure that decides that a thread begins, and the catalogue that decides when it ends. */
	NEED(pthread_create(&thread, NULL, book_later, book));
	CHECK(pthread_detach(thread));
	return LATER;
}

static void catalogue_is(bool up)
{
	CHECK(pthread_mutex_lock(&catalogue.lock));
	catalogue.up = up;
	CHECK(pthread_cond_broadcast(&catalogue.changed));
	CHECK(pthread_mutex_unlock(&catalogue.lock));
}

/* Waits for what was to be tried later. */
static void retries_stop(void)
{
	CHECK(pthread_mutex_lock(&catalogue.lock));
	while (catalogue.retrying > 0)
		CHECK(pthread_cond_wait(&catalogue.changed, &catalogue.lock));
	CHECK(pthread_mutex_unlock(&catalogue.lock));
}

int main(void)
{
	static int books[BOOKS];
	int for_the_desk = 0;

	for (int i = 0; i < BOOKS; i++) {
		if (i == BEFORE)
			catalogue_is(false);
		take_back(&books[i]);
		gauge_set("returned", i + 1);
		gauge_set("for_the_desk", for_the_desk);
		schedule_await_blocked(); /* until the next book comes */
	}
	catalogue_is(true);
	retries_stop();
	return invariant(catalogue.most <= RETRIES && BOOKS == catalogue.booked + for_the_desk,
			 "returned %d, booked %d, for the desk %d, retries at once %d", BOOKS, catalogue.booked,
			 for_the_desk, catalogue.most);
}
