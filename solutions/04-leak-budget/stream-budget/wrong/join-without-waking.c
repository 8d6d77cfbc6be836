/*
 * Tempting  nobody was waiting for the heartbeat; now it is joined, and no detector has anything to say.
 * Refused   the test: it sleeps until the next heartbeat is due, and view_close() with it. The budget holds, for the
 *           client counts until view_close() returns; how long that takes is another bound.
 * test      fails leaves_nothing_behind, waits_for_a_seat_under_way
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
	pthread_t sender, heart;
	pthread_mutex_t sending; /* held while send() runs */
	int sent;		 /* so many of hall.sold; only touched by the sender */
	bool closed;		 /* guarded by hall.lock */
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
	CHECK(pthread_join(view->sender, NULL));
	CHECK(pthread_join(view->heart, NULL));
	CHECK(pthread_mutex_destroy(&view->sending));
	free(view);
}
