/*
 * The return slot of a library. Each book is booked in the catalogue, by one
 * call, and rides off on a belt. When the call fails, the book is queued for two
 * workers that try until it works; when the queue is full, it goes to the desk.
 *
 * Promise   at most two retries are under way at a time, and each book is booked, or goes to the desk.
 * Ends      holds: returned 12, booked 8, for the desk 4, retries at once 2
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads <= 3, joined == started, returned == booked + for_the_desk
 */
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/queue.h"
#include "kit/schedule.h"

enum { BEFORE = 2, OUTAGE = 10, BOOKS = BEFORE + OUTAGE /* that are returned */, RETRIES = 2, ROOM = 4 };
enum result { BOOKED, LATER, TO_THE_DESK };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	bool up;
	int booked;
	int retrying, most; /* retries under way, and how many there were at a time */
} catalogue = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .up = true};

static struct queue failed; /* books that wait for a retry */
static pthread_t workers[RETRIES];

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
	while (queue_take(&failed, &book))
		retry();
	return NULL;
}

/* The reader gets a receipt, whatever it returns; the belt takes a book that is returned TO_THE_DESK there. */
static enum result take_back(int *book)
{
	if (book_now())
		return BOOKED;
	return queue_offer(&failed, book) ? LATER : TO_THE_DESK;
}

static void catalogue_is(bool up)
{
	CHECK(pthread_mutex_lock(&catalogue.lock));
	catalogue.up = up;
	CHECK(pthread_cond_broadcast(&catalogue.changed));
	CHECK(pthread_mutex_unlock(&catalogue.lock));
}

static void retries_start(void)
{
	queue_init(&failed, ROOM);
	for (int i = 0; i < RETRIES; i++)
		NEED(pthread_create(&workers[i], NULL, book_later, NULL));
}

/* Waits for what was to be tried later. */
static void retries_stop(void)
{
	queue_close(&failed);
	for (int i = 0; i < RETRIES; i++)
		CHECK(pthread_join(workers[i], NULL));
	queue_destroy(&failed);
}

int main(void)
{
	static int books[BOOKS];
	int for_the_desk = 0;

	retries_start();
	for (int i = 0; i < BOOKS; i++) {
		if (i == BEFORE)
			catalogue_is(false);
		for_the_desk += take_back(&books[i]) == TO_THE_DESK;
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
