/*
 * A count of what is open, and each connection is hung up after use.
 *
 * Tempting  reuse and limit are two things, and the limit is what was missing; what is not kept need not be guarded.
 * Refused   the test: the reuse was a promise as well. To open a connection takes longer than to use it, and now
 *           everybody pays for that each time.
 * test      fails uses_them_again
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
	int places; /* taken: open, in use or not, or being opened; guarded by lock */
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
	bool may_open = false;

	CHECK(pthread_mutex_lock(&pool.lock));
	while (pool.places == CONNS && deadline_cond_wait(&pool.changed, &pool.lock, &end))
		;
	if (pool.places < CONNS) {
		pool.places++;
		may_open = true;
	}
	CHECK(pthread_mutex_unlock(&pool.lock));
	return may_open ? open_one() : NULL;
}

void conn_put(struct conn *conn)
{
	pool.hang_up(conn);
	CHECK(pthread_mutex_lock(&pool.lock));
	pool.places--;
	CHECK(pthread_cond_signal(&pool.changed));
	CHECK(pthread_mutex_unlock(&pool.lock));
}

void conns_release(void)
{
	CHECK(pthread_cond_destroy(&pool.changed));
}
