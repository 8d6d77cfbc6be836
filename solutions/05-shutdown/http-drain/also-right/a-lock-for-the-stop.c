/*
 * Two locks for two questions. One is held through the whole of a stop, so that
 * the second call waits at it and finds everything done. No request takes that
 * one: what requests need is guarded by the other, which nobody holds for long.
 *
 * Promise   when desk_stop() returns, no handler runs, and the store was closed after the last of them.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
 */
#include "desk.h"

#include <pthread.h>

#include "kit/check.h"
#include "kit/deadline.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool closed;   /* guarded by lock */
	int in_flight; /* requests; guarded by lock */
	pthread_mutex_t stop_lock;
	bool stopped; /* guarded by stop_lock */
	int cut_off;  /* guarded by stop_lock */
	struct desk_server server;
} desk = {.lock = PTHREAD_MUTEX_INITIALIZER, .stop_lock = PTHREAD_MUTEX_INITIALIZER};

void desk_init(const struct desk_server *server)
{
	desk.server = *server;
	deadline_cond_init(&desk.changed);
}

bool request_begin(void)
{
	CHECK(pthread_mutex_lock(&desk.lock));
	bool in = !desk.closed;
	if (in)
		desk.in_flight++;
	CHECK(pthread_mutex_unlock(&desk.lock));
	return in;
}

void request_end(void)
{
	CHECK(pthread_mutex_lock(&desk.lock));
	desk.in_flight--;
	CHECK(pthread_cond_signal(&desk.changed)); /* only one can wait for it */
	CHECK(pthread_mutex_unlock(&desk.lock));
}

/* Lets none in any more. Returns how many requests are in flight when there are none, or the time is over. */
static int drain(long patience)
{
	struct timespec end = deadline_in(patience);

	CHECK(pthread_mutex_lock(&desk.lock));
	desk.closed = true;
	while (desk.in_flight > 0 && deadline_cond_wait(&desk.changed, &desk.lock, &end))
		;
	int left = desk.in_flight;
	CHECK(pthread_mutex_unlock(&desk.lock));
	return left;
}

int desk_stop(long patience)
{
	CHECK(pthread_mutex_lock(&desk.stop_lock));
	if (!desk.stopped) {
		desk.server.quiesce();
		desk.cut_off = drain(patience);
		desk.server.end();
		desk.server.close_store();
		desk.stopped = true;
	}
	int cut_off = desk.cut_off;
	CHECK(pthread_mutex_unlock(&desk.stop_lock));
	return cut_off;
}

void desk_release(void)
{
	CHECK(pthread_cond_destroy(&desk.changed));
}
