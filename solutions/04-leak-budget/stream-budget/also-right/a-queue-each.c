/*
 * Each view has a queue of its own, with a lock of its own; the hall has a list of
 * the views. seat_sold() puts a seat into each queue. A view leaves the list before
 * its thread is told, and is waited for without the hall's lock.
 *
 * Promise   when view_close() returns, the view has no thread any more.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads <= 2 * clients + 1, joined == started
 */
#include "seats.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"

/* Each view has a queue of its own; the hall has a list of the views. */
struct view {
	view_send *send;
	void *visitor;
	long heartbeat;
	pthread_t server;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int queue[SEATS], first, last; /* guarded by lock */
	bool closed;		       /* guarded by lock */
	struct view *next;	       /* guarded by hall.lock */
};

static struct {
	pthread_mutex_t lock;
	struct view *views; /* guarded by lock */
} hall = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *serve(void *arg)
{
	struct view *view = arg;
	struct timespec due = deadline_in(view->heartbeat);

	CHECK(pthread_mutex_lock(&view->lock));
	while (!view->closed) {
		int seat = HEARTBEAT;
		if (view->first < view->last)
			seat = view->queue[view->first++];
		else if (deadline_cond_wait(&view->changed, &view->lock, &due))
			continue;
		else
			due = deadline_in(view->heartbeat);
		CHECK(pthread_mutex_unlock(&view->lock));
		view->send(view->visitor, seat);
		CHECK(pthread_mutex_lock(&view->lock));
	}
	CHECK(pthread_mutex_unlock(&view->lock));
	return NULL;
}

struct view *view_open(view_send *send, void *visitor, long heartbeat)
{
	struct view *view = calloc(1, sizeof *view);

	HAVE(view);
	view->send = send;
	view->visitor = visitor;
	view->heartbeat = heartbeat;
	CHECK(pthread_mutex_init(&view->lock, NULL));
	deadline_cond_init(&view->changed);
	CHECK(pthread_mutex_lock(&hall.lock));
	view->next = hall.views;
	hall.views = view;
	CHECK(pthread_mutex_unlock(&hall.lock));
	NEED(pthread_create(&view->server, NULL, serve, view));
	return view;
}

void seat_sold(int seat)
{
	CHECK(pthread_mutex_lock(&hall.lock));
	for (struct view *view = hall.views; view; view = view->next) {
		CHECK(pthread_mutex_lock(&view->lock));
		view->queue[view->last++] = seat;
		CHECK(pthread_cond_signal(&view->changed));
		CHECK(pthread_mutex_unlock(&view->lock));
	}
	CHECK(pthread_mutex_unlock(&hall.lock));
}

void view_close(struct view *view)
{
	struct view **link = &hall.views;

	CHECK(pthread_mutex_lock(&hall.lock));
	while (*link != view)
		link = &(*link)->next;
	*link = view->next;
	CHECK(pthread_mutex_unlock(&hall.lock));
	CHECK(pthread_mutex_lock(&view->lock));
	view->closed = true;
	CHECK(pthread_cond_signal(&view->changed));
	CHECK(pthread_mutex_unlock(&view->lock));
	CHECK(pthread_join(view->server, NULL));
	CHECK(pthread_cond_destroy(&view->changed));
	CHECK(pthread_mutex_destroy(&view->lock));
	free(view);
}
