/*
 * Wrong. A view that is closed ends when it has sent all seats that were sold.
 *
 * Tempting  every seat that is sold is sent: that was promised, and a thread that is told to end finishes its work.
 * Refused   by a test: the visitor has hung up, and view_close() waits for ninety-eight messages more.
 * Promise   when view_close() returns, the view has no thread any more.
 * test      fails waits_for_a_seat_under_way
 */
#include "seats.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"

struct view {
	view_send *send;
	void *visitor;
	long heartbeat; /* milliseconds */
	pthread_t server;
	int sent;    /* so many of hall.sold; only touched by the server */
	bool closed; /* guarded by hall.lock */
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* a seat is sold, or a view closed */
	int sold[SEATS], count; /* guarded by lock */
} hall = {.lock = PTHREAD_MUTEX_INITIALIZER};

static pthread_once_t first_use = PTHREAD_ONCE_INIT;

static void hall_init(void)
{
	deadline_cond_init(&hall.changed);
}

static void *serve(void *arg)
{
	struct view *view = arg;
	struct timespec due = deadline_in(view->heartbeat);

	CHECK(pthread_mutex_lock(&hall.lock));
	while (!view->closed || view->sent < hall.count) {
		int seat = HEARTBEAT;
		if (view->sent < hall.count)
			seat = hall.sold[view->sent++];
		else if (deadline_cond_wait(&hall.changed, &hall.lock, &due))
			continue;
		else
			due = deadline_in(view->heartbeat);
		CHECK(pthread_mutex_unlock(&hall.lock));
		view->send(view->visitor, seat);
		CHECK(pthread_mutex_lock(&hall.lock));
	}
	CHECK(pthread_mutex_unlock(&hall.lock));
	return NULL;
}

struct view *view_open(view_send *send, void *visitor, long heartbeat)
{
	struct view *view = malloc(sizeof *view);

	HAVE(view);
	CHECK(pthread_once(&first_use, hall_init));
	*view = (struct view){.send = send, .visitor = visitor, .heartbeat = heartbeat};
	CHECK(pthread_mutex_lock(&hall.lock));
	view->sent = hall.count;
	CHECK(pthread_mutex_unlock(&hall.lock));
	NEED(pthread_create(&view->server, NULL, serve, view));
	return view;
}

void seat_sold(int seat)
{
	CHECK(pthread_once(&first_use, hall_init));
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
	CHECK(pthread_join(view->server, NULL));
	free(view);
}
