/*
 * Tempting  one thread beats for all views, as many as there are: the number of hearts cannot grow any more. The first
 *           view starts it, and all tests pass.
 * Refused   the budget: when the last client has gone, it is still there. Nobody owns it, so nobody can end it; in the
 *           budget's words, the hall has none of its own.
 * test      passes
 * tsan      silent
 * budget    fires  threads in beat_for_all, joined in beat_for_all
 *           when threads <= 2 * clients + 1, joined == started
 */
#include "seats.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "kit/check.h"

struct view {
	view_send *send;
	void *visitor;
	long heartbeat, left; /* milliseconds; left guarded by hearts */
	pthread_t sender;
	pthread_mutex_t sending; /* held while send() runs */
	struct view *next;	 /* guarded by hearts */
	int sent;		 /* so many of hall.sold; only touched by the sender */
	bool closed;		 /* guarded by hall.lock */
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int sold[SEATS], count; /* guarded by lock */
} hall = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static pthread_mutex_t hearts = PTHREAD_MUTEX_INITIALIZER;
static struct view *views; /* guarded by hearts */
static pthread_once_t first_view = PTHREAD_ONCE_INIT;

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

static void *beat_for_all(void *arg)
{
	for (;;) {
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
		CHECK(pthread_mutex_lock(&hearts));
		for (struct view *view = views; view; view = view->next)
			if (--view->left <= 0) {
				send_one(view, HEARTBEAT);
				view->left = view->heartbeat;
			}
		CHECK(pthread_mutex_unlock(&hearts));
	}
	return arg;
}

static void start_the_heart(void)
{
	pthread_t heart;

	NEED(pthread_create(&heart, NULL, beat_for_all, NULL));
	CHECK(pthread_detach(heart));
}

struct view *view_open(view_send *send, void *visitor, long heartbeat)
{
	struct view *view = malloc(sizeof *view);

	HAVE(view);
	*view = (struct view){.send = send, .visitor = visitor, .heartbeat = heartbeat, .left = heartbeat};
	CHECK(pthread_mutex_init(&view->sending, NULL));
	CHECK(pthread_mutex_lock(&hall.lock));
	view->sent = hall.count;
	CHECK(pthread_mutex_unlock(&hall.lock));
	NEED(pthread_create(&view->sender, NULL, send_seats, view));
	CHECK(pthread_mutex_lock(&hearts));
	view->next = views;
	views = view;
	CHECK(pthread_mutex_unlock(&hearts));
	CHECK(pthread_once(&first_view, start_the_heart));
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
	CHECK(pthread_mutex_lock(&hearts));
	for (struct view **at = &views; *at; at = &(*at)->next)
		if (*at == view) {
			*at = view->next;
			break;
		}
	CHECK(pthread_mutex_unlock(&hearts));
	CHECK(pthread_mutex_lock(&hall.lock));
	view->closed = true;
	CHECK(pthread_cond_broadcast(&hall.changed));
	CHECK(pthread_mutex_unlock(&hall.lock));
	CHECK(pthread_join(view->sender, NULL));
	CHECK(pthread_mutex_destroy(&view->sending));
	free(view);
}
