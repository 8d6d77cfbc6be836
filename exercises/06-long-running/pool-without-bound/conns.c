/*
 * Yours to fix. The pool keeps CONNS connections, and opens a new one for
 * every client that finds it empty.
 *
 * Promise   at most CONNS connections are open or being opened, and who gets none in time is told.
 * test      fails opens_no_more_than_there_may_be, counts_those_that_are_being_opened,
 *           waits_for_one_that_is_put_back, wakes_one_for_each, loses_its_patience, gives_the_last_place_once,
 *           loses_nothing_at_the_last_moment
 * budget    fires open_conns in dial when open_conns <= 4, joined == started
 */
#include "conns.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "kit/check.h"

static struct {
	pthread_mutex_t lock;
	struct conn *unused[CONNS]; /* guarded by lock */
	int unused_count;	    /* guarded by lock */
	conn_dial *dial;
	conn_hang_up *hang_up;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

void conns_init(conn_dial *dial, conn_hang_up *hang_up)
{
	pool.dial = dial;
	pool.hang_up = hang_up;
}

struct conn *conn_get(long patience)
{
	struct conn *conn = NULL;

	(void)patience;
	CHECK(pthread_mutex_lock(&pool.lock));
	if (pool.unused_count > 0)
		conn = pool.unused[--pool.unused_count];
	CHECK(pthread_mutex_unlock(&pool.lock));
	return conn ? conn : pool.dial();
}

void conn_put(struct conn *conn)
{
	CHECK(pthread_mutex_lock(&pool.lock));
	bool kept = pool.unused_count < CONNS;
	if (kept)
		pool.unused[pool.unused_count++] = conn;
	CHECK(pthread_mutex_unlock(&pool.lock));
	if (!kept)
		pool.hang_up(conn);
}

void conns_release(void)
{
	for (int i = 0; i < pool.unused_count; i++)
		pool.hang_up(pool.unused[i]);
}
