/*
 * Tempting  every heartbeat is told and joined, and nobody who hangs up has to wait for it: the next visitor does.
 * Refused   the test: the join orders nothing for the caller of view_close(), who goes on before it.
 *           The budget: of the last visitors nobody joins the threads, for there is no next one.
 * test      fails waits_for_a_message_under_way
 * budget    fires  threads in beat, joined in beat when threads <= 2 * clients + 1, joined == started
 */
#include "seats.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/stop.h"

struct view {
	view_send *send;
	void *visitor;
	long heartbeat; /* milliseconds */
	pthread_t sender, heart;
	struct view *next;	 /* closed before this one, and not yet freed */
	pthread_mutex_t sending; /* held while send() runs */
	int sent;		 /* so many of hall.sold; only touched by the sender */
	struct stop closed;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int sold[SEATS], count; /* guarded by lock */
	struct view *gone;	/* guarded by lock; closed, their hearts are to be joined */
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

	while (!stop_wait(&view->closed, view->heartbeat))
		send_one(view, HEARTBEAT);
	return NULL;
}

/* Joins the hearts of those who have hung up meanwhile. */
static void reap(void)
{
	CHECK(pthread_mutex_lock(&hall.lock));
	struct view *view = hall.gone;
	hall.gone = NULL;
	CHECK(pthread_mutex_unlock(&hall.lock));
	while (view) {
		struct view *next = view->next;
		CHECK(pthread_join(view->heart, NULL));
		stop_destroy(&view->closed);
		CHECK(pthread_mutex_destroy(&view->sending));
		free(view);
		view = next;
	}
}

struct view *view_open(view_send *send, void *visitor, long heartbeat)
{
	struct view *view = malloc(sizeof *view);

	HAVE(view);
	reap();
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
	CHECK(pthread_mutex_lock(&hall.lock));
	CHECK(pthread_cond_broadcast(&hall.changed));
	CHECK(pthread_mutex_unlock(&hall.lock));
	CHECK(pthread_join(view->sender, NULL));
	CHECK(pthread_mutex_lock(&hall.lock));
	view->next = hall.gone;
	hall.gone = view;
	CHECK(pthread_mutex_unlock(&hall.lock));
}
