/*
 * Yours to fix. A view has two threads. view_close() ends one of them; the
 * other looks up when the next heartbeat is due, finds the view closed, and ends.
 *
 * Promise   when view_close() returns, the view has no thread any more.
 * test      fails waits_for_a_message_under_way
 * tsan      fires  data-race in visitor_when_closed
 * budget    fires  threads in beat, joined in beat when threads <= 2 * clients + 1, joined == started
 */
#include "seats.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "kit/check.h"

struct view {
	view_send *send;
	void *visitor;
	long heartbeat; /* milliseconds */
	pthread_t sender;
	pthread_mutex_t sending; /* held while send() runs */
	int sent;		 /* so many of hall.sold; only touched by the sender */
	bool closed;		 /* guarded by hall.lock */
	int users;		 /* guarded by hall.lock: view_close() and the heartbeat; the last one frees the view */
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

static bool is_closed(struct view *view)
{
	CHECK(pthread_mutex_lock(&hall.lock));
	bool closed = view->closed;
	CHECK(pthread_mutex_unlock(&hall.lock));
	return closed;
}

static void leave(struct view *view)
{
	CHECK(pthread_mutex_lock(&hall.lock));
	bool last = --view->users == 0;
	CHECK(pthread_mutex_unlock(&hall.lock));
	if (!last)
		return;
	CHECK(pthread_mutex_destroy(&view->sending));
	free(view);
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

static void *beat(void *arg)
{
	struct view *view = arg;
	struct timespec interval = {view->heartbeat / 1000, view->heartbeat % 1000 * 1000000};

	for (nanosleep(&interval, NULL); !is_closed(view); nanosleep(&interval, NULL))
		send_one(view, HEARTBEAT);
	leave(view);
	return NULL;
}

struct view *view_open(view_send *send, void *visitor, long heartbeat)
{
	struct view *view = malloc(sizeof *view);
	pthread_t heart;

	HAVE(view);
	*view = (struct view){.send = send, .visitor = visitor, .heartbeat = heartbeat, .users = 2};
	CHECK(pthread_mutex_init(&view->sending, NULL));
	CHECK(pthread_mutex_lock(&hall.lock));
	view->sent = hall.count;
	CHECK(pthread_mutex_unlock(&hall.lock));
	NEED(pthread_create(&view->sender, NULL, send_seats, view));
	NEED(pthread_create(&heart, NULL, beat, view));
	CHECK(pthread_detach(heart));
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
	CHECK(pthread_join(view->sender, NULL));
	leave(view);
}
