/*
 * Tempting  a flag that is looked at ten times a second ends the heartbeat soon enough, and volatile keeps the compiler
 *           from looking only once.
 * Refused   tsan, helgrind and drd: the flag is a race. The tests pass, and the budget holds, at the price of a thread
 *           per visitor that wakes ten times a second.
 * test      passes
 * tsan      fires  data-race in stopped
 * helgrind  fires  Race in stopped
 */
#include "seats.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "kit/check.h"

enum { LOOK = 100 /* ms: so often it looks at the flag */ };

struct view {
	view_send *send;
	void *visitor;
	long heartbeat; /* milliseconds */
	pthread_t sender, heart;
	pthread_mutex_t sending; /* held while send() runs */
	int sent;		 /* so many of hall.sold; only touched by the sender */
	bool closed;		 /* guarded by hall.lock */
	volatile bool stopped;	 /* for the heartbeat */
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int sold[SEATS], count; /* guarded by lock */
} hall = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void send_one(struct view *view, int seat)
{
	CHECK(pthread_mutex_lock(&view->sending));
	view->send(view->visitor, seat);
	CHECK(pthread_mutex_unlock(&view->sending));
}

/* Waits for the next seat that is sold. Returns HEARTBEAT when the view is closed. */
static int next_seat(struct view *view)
{
	int seat = HEARTBEAT;

	CHECK(pthread_mutex_lock(&hall.lock));
	while (!view->closed && view->sent == hall.count)
		CHECK(pthread_cond_wait(&hall.changed, &hall.lock));
	if (!view->closed)
		seat = hall.sold[view->sent++];
	CHECK(pthread_mutex_unlock(&hall.lock));
	return seat;
}

static void *send_seats(void *arg)
{
	struct view *view = arg;

	for (int seat = next_seat(view); seat != HEARTBEAT; seat = next_seat(view))
		send_one(view, seat);
	return NULL;
}

/* Tells whether the heartbeat is to stop; view_close() says so. */
static bool stopped(struct view *view, bool now)
{
	if (now)
		view->stopped = true;
	return view->stopped;
}

/* Until the next heartbeat is due. False: there will be none. */
static bool sleep_on(struct view *view)
{
	for (long left = view->heartbeat, step; left > 0; left -= step) {
		if (stopped(view, false))
			return false;
		step = left < LOOK ? left : LOOK;
		nanosleep(&(struct timespec){.tv_nsec = step * 1000000}, NULL);
	}
	return !stopped(view, false);
}

static void *beat(void *arg)
{
	struct view *view = arg;

	while (sleep_on(view))
		send_one(view, HEARTBEAT);
	return NULL;
}

struct view *view_open(view_send *send, void *visitor, long heartbeat)
{
	struct view *view = malloc(sizeof *view);

	HAVE(view);
	*view = (struct view){.send = send, .visitor = visitor, .heartbeat = heartbeat};
	CHECK(pthread_mutex_init(&view->sending, NULL));
	CHECK(pthread_mutex_lock(&hall.lock));
	view->sent = hall.count;
	CHECK(pthread_mutex_unlock(&hall.lock));
	NEED(pthread_create(&view->sender, NULL, send_seats, view));
	NEED(pthread_create(&view->heart, NULL, beat, view));
	return view;
}

void seat_sold(int seat)
{
	CHECK(pthread_mutex_lock(&hall.lock));
	REQUIRE(hall.count < SEATS);
	hall.sold[hall.count++] = seat;
	CHECK(pthread_cond_broadcast(&hall.changed));
	CHECK(pthread_mutex_unlock(&hall.lock));
}

void view_close(struct view *view)
{
	CHECK(pthread_mutex_lock(&hall.lock));
	view->closed = true;
	CHECK(pthread_cond_broadcast(&hall.changed));
	CHECK(pthread_mutex_unlock(&hall.lock));
	stopped(view, true);
	CHECK(pthread_join(view->sender, NULL));
	CHECK(pthread_join(view->heart, NULL));
	CHECK(pthread_mutex_destroy(&view->sending));
	free(view);
}
