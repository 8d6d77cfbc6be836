/*
 * The hall's lock is held while a seat or a heartbeat is sent.
 *
 * Tempting  there is one lock, no two messages can overlap, every thread is told and joined, and no detector has
 *           anything to say.
 * Refused   the test: one visitor's connection is slow, and until it has taken its message no seat can be sold.
 * test      fails sends_seats_and_heartbeats, sells_while_a_seat_is_sent, waits_for_a_message_under_way,
 *           waits_for_a_seat_under_way
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
	int sent;		 /* so many of hall.sold; only touched by the sender */
	struct stop closed;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int sold[SEATS], count; /* guarded by lock */
} hall = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void *send_seats(void *arg)
{
	struct view *view = arg;

	CHECK(pthread_mutex_lock(&hall.lock));
	while (!stop_requested(&view->closed))
		if (view->sent < hall.count)
			view->send(view->visitor, hall.sold[view->sent++]);
		else
			CHECK(pthread_cond_wait(&hall.changed, &hall.lock));
	CHECK(pthread_mutex_unlock(&hall.lock));
	return NULL;
}

static void *beat(void *arg)
{
	struct view *view = arg;

	while (!stop_wait(&view->closed, view->heartbeat)) {
		CHECK(pthread_mutex_lock(&hall.lock));
		view->send(view->visitor, HEARTBEAT);
		CHECK(pthread_mutex_unlock(&hall.lock));
	}
	return NULL;
}

struct view *view_open(view_send *send, void *visitor, long heartbeat)
{
	struct view *view = malloc(sizeof *view);

	HAVE(view);
	*view = (struct view){.send = send, .visitor = visitor, .heartbeat = heartbeat};
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
	CHECK(pthread_mutex_lock(&hall.lock));
	CHECK(pthread_cond_broadcast(&hall.changed));
	CHECK(pthread_mutex_unlock(&hall.lock));
	CHECK(pthread_join(view->sender, NULL));
	CHECK(pthread_join(view->heart, NULL));
	stop_destroy(&view->closed);
	free(view);
}
