/*
 * Yours to fix. desk_stop() closes the door, waits for the customers that are
 * inside, and clears the desk.
 *
 * Promise   when desk_stop() returns, no handler runs, and the store was closed after the last of them.
 * test      fails calls_each_step_once_in_order, refuses_requests_of_old_connections, waits_for_all_in_flight,
 *           loses_its_patience, is_stopped_once, lets_in_in_one_step, is_stopped_by_one
 */
#include "desk.h"

#include <pthread.h>

#include "kit/check.h"
#include "kit/deadline.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int in_flight; /* requests; guarded by lock */
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
	desk.in_flight++;
	CHECK(pthread_mutex_unlock(&desk.lock));
	return true;
}

void request_end(void)
{
	CHECK(pthread_mutex_lock(&desk.lock));
	desk.in_flight--;
	CHECK(pthread_cond_broadcast(&desk.changed));
	CHECK(pthread_mutex_unlock(&desk.lock));
}

int desk_stop(long patience)
{
	(void)patience;
	desk.server.quiesce();
	CHECK(pthread_mutex_lock(&desk.lock));
	while (desk.in_flight > 0)
		CHECK(pthread_cond_wait(&desk.changed, &desk.lock));
	CHECK(pthread_mutex_unlock(&desk.lock));
	desk.server.close_store();
	desk.server.end();
	return 0;
}

void desk_release(void)
{
	CHECK(pthread_cond_destroy(&desk.changed));
}
