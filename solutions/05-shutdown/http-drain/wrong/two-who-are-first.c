/*
 * Wrong. Under the lock a caller sees that nobody stops the desk, and under the lock it
 * says that it does. In between another has seen the same.
 *
 * Tempting  each field is read and written under its lock, and no detector has anything to say.
 * Refused   by a test in which another stops the desk between the two: each step is taken twice.
 * Promise   when desk_stop() returns, no handler runs, and the store was closed after the last of them.
 * test      fails is_stopped_by_one
 */
#include "desk.h"

#include <pthread.h>

#include "kit/check.h"
#include "kit/deadline.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock, but for the server */
	int in_flight; /* requests */
	int cut_off;
	bool stopping, stopped;
	struct desk_server server;
} desk = {.lock = PTHREAD_MUTEX_INITIALIZER};

void desk_init(const struct desk_server *server)
{
	desk.server = *server;
	deadline_cond_init(&desk.changed);
}

bool request_begin(void)
{
	CHECK(pthread_mutex_lock(&desk.lock));
	bool in = !desk.stopping;
	if (in)
		desk.in_flight++;
	CHECK(pthread_mutex_unlock(&desk.lock));
	return in;
}

void request_end(void)
{
	CHECK(pthread_mutex_lock(&desk.lock));
	desk.in_flight--;
	CHECK(pthread_cond_broadcast(&desk.changed));
	CHECK(pthread_mutex_unlock(&desk.lock));
}

/* Returns how many requests are in flight when there are none, or the time is over. */
static int drain(long patience)
{
	struct timespec end = deadline_in(patience);

	CHECK(pthread_mutex_lock(&desk.lock));
	while (desk.in_flight > 0 && deadline_cond_wait(&desk.changed, &desk.lock, &end))
		;
	int left = desk.in_flight;
	CHECK(pthread_mutex_unlock(&desk.lock));
	return left;
}

/* Whether it is the caller who stops the desk. Otherwise the desk is stopped when this returns, and *cut_off is known. */
static bool is_first(int *cut_off)
{
	CHECK(pthread_mutex_lock(&desk.lock));
	bool first = !desk.stopping;
	CHECK(pthread_mutex_unlock(&desk.lock));
	CHECK(pthread_mutex_lock(&desk.lock));
	desk.stopping = true;
	while (!first && !desk.stopped)
		CHECK(pthread_cond_wait(&desk.changed, &desk.lock));
	*cut_off = desk.cut_off;
	CHECK(pthread_mutex_unlock(&desk.lock));
	return first;
}

int desk_stop(long patience)
{
	int cut_off;

	if (!is_first(&cut_off))
		return cut_off;
	desk.server.quiesce();
	cut_off = drain(patience);
	desk.server.end();
	desk.server.close_store();
	CHECK(pthread_mutex_lock(&desk.lock));
	desk.cut_off = cut_off;
	desk.stopped = true;
	CHECK(pthread_cond_broadcast(&desk.changed));
	CHECK(pthread_mutex_unlock(&desk.lock));
	return cut_off;
}

void desk_release(void)
{
	CHECK(pthread_cond_destroy(&desk.changed));
}
