/*
 * Wrong. Of the time between two heartbeats the milliseconds are lost.
 *
 * Tempting  everybody says 30000, and as a number of seconds it is easier to read.
 * Refused   by a test: 900 milliseconds are none at all, and the thread does nothing but beat.
 * Promise   when view_close() returns, the view has no thread any more.
 * test      fails sends_seats_and_heartbeats
 */
#include "seats.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/stop.h"

struct view {
	view_send *send;
	void *visitor;
	long heartbeat;		 /* milliseconds */
	pthread_t sender, heart; /* both of this view: they end with it */
	pthread_mutex_t sending; /* held while send() runs */
	int sent;		 /* so many of hall.sold; only touched by the sender */
	struct stop closed;	 /* wakes the heartbeat; a sender that waits for a seat is woken through the hall */
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
	while (!stop_requested(&view->closed) && view->sent == hall.count)
		CHECK(pthread_cond_wait(&hall.changed, &hall.lock));
	if (!stop_requested(&view->closed))
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

static void *beat(void *arg)
{
	struct view *view = arg;

	while (!stop_wait(&view->closed, view->heartbeat / 1000 * 1000))
		send_one(view, HEARTBEAT);
	return NULL;
}

struct view *view_open(view_send *send, void *visitor, long heartbeat)
{
	struct view *view = malloc(sizeof *view);

	HAVE(view);
	*view = (struct view){.send = send, .visitor = visitor, .heartbeat = heartbeat};
	CHECK(pthread_mutex_init(&view->sending, NULL));
	stop_init(&view->closed);
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
	stop_request(&view->closed);
	/* With the lock held: the sender may have looked at the request, and not yet be waiting. */
	CHECK(pthread_mutex_lock(&hall.lock));
	CHECK(pthread_cond_broadcast(&hall.changed));
	CHECK(pthread_mutex_unlock(&hall.lock));
	/* Only now may anybody count one client less: nothing of this one runs any more. */
	CHECK(pthread_join(view->sender, NULL));
	CHECK(pthread_join(view->heart, NULL));
	stop_destroy(&view->closed);
	CHECK(pthread_mutex_destroy(&view->sending));
	free(view);
}
