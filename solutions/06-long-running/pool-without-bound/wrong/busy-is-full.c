/*
 * Wrong. Without patience the lock is tried, and if somebody has it, there is no connection.
 *
 * Tempting  a caller that has no patience is not to be kept waiting, not even by a lock.
 * Refused   by a test: four may be opened, another caller gets the first at the same moment, and this one gets none.
 * Promise   at most CONNS connections are open or being opened, and who gets none in time is told.
 * test      fails loses_nothing_at_the_last_moment
 */
#include "conns.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "kit/check.h"
#include "kit/deadline.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct conn *unused[CONNS]; /* guarded by lock */
	int unused_count;	    /* guarded by lock */
	int places;		    /* taken: open, in use or not, or being opened; guarded by lock */
	conn_dial *dial;
	conn_hang_up *hang_up;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

void conns_init(conn_dial *dial, conn_hang_up *hang_up)
{
	pool.dial = dial;
	pool.hang_up = hang_up;
	deadline_cond_init(&pool.changed);
}

/* For a place that was taken before. Gives it back if that fails. */
static struct conn *open_one(void)
{
	struct conn *conn = pool.dial();

	if (conn)
		return conn;
	CHECK(pthread_mutex_lock(&pool.lock));
	pool.places--;
	CHECK(pthread_cond_signal(&pool.changed));
	CHECK(pthread_mutex_unlock(&pool.lock));
	return NULL;
}

struct conn *conn_get(long patience)
{
	struct timespec end = deadline_in(patience);
	struct conn *conn = NULL;
	bool may_open = false;

	if (patience == 0 && pthread_mutex_trylock(&pool.lock) != 0)
		return NULL;
	if (patience > 0)
		CHECK(pthread_mutex_lock(&pool.lock));
	while (pool.unused_count == 0 && pool.places == CONNS && deadline_cond_wait(&pool.changed, &pool.lock, &end))
		;
	if (pool.unused_count > 0) {
		conn = pool.unused[--pool.unused_count];
	} else if (pool.places < CONNS) {
		pool.places++;
		may_open = true;
	}
	CHECK(pthread_mutex_unlock(&pool.lock));
	return may_open ? open_one() : conn;
}

void conn_put(struct conn *conn)
{
	CHECK(pthread_mutex_lock(&pool.lock));
	pool.unused[pool.unused_count++] = conn;
	CHECK(pthread_cond_signal(&pool.changed));
	CHECK(pthread_mutex_unlock(&pool.lock));
}

void conns_release(void)
{
	for (int i = 0; i < pool.unused_count; i++)
		pool.hang_up(pool.unused[i]);
	CHECK(pthread_cond_destroy(&pool.changed));
}
