/*
 * What comes back, a connection or a place, is handed to the one that has waited
 * longest. Each that waits has a condition of its own; when its time is over, it
 * still checks whether it was served, since what it was given nobody else has.
 *
 * Promise   at most CONNS connections are open or being opened, and who gets none in time is told.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when open_conns <= 4, joined == started
 */
#include "conns.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "kit/check.h"
#include "kit/deadline.h"

/* What one that waits is given: a connection, or a place in which it may open one. */
struct waiting {
	struct waiting *next;
	pthread_cond_t changed;
	struct conn *conn;
	bool served; /* without a connection: it has a place */
};

static struct {
	pthread_mutex_t lock;
	/* all below guarded by lock */
	struct conn *unused[CONNS];
	int unused_count;
	int places; /* taken */
	struct waiting *first;
	conn_dial *dial;
	conn_hang_up *hang_up;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

void conns_init(conn_dial *dial, conn_hang_up *hang_up)
{
	pool.dial = dial;
	pool.hang_up = hang_up;
}

/* Needs the lock held. Hands a connection, or with NULL a place, to the one that has waited longest. False: nobody waits. */
static bool hand_on(struct conn *conn)
{
	struct waiting *first = pool.first;

	if (!first)
		return false;
	pool.first = first->next;
	first->conn = conn;
	first->served = true;
	CHECK(pthread_cond_signal(&first->changed));
	return true;
}

static struct conn *open_one(void)
{
	struct conn *conn = pool.dial();

	if (conn)
		return conn;
	CHECK(pthread_mutex_lock(&pool.lock));
	if (!hand_on(NULL))
		pool.places--;
	CHECK(pthread_mutex_unlock(&pool.lock));
	return NULL;
}

/* Needs the lock held. */
static void wait_for(struct waiting *self, const struct timespec *end)
{
	struct waiting **link = &pool.first;

	deadline_cond_init(&self->changed);
	while (*link)
		link = &(*link)->next;
	*link = self;
	while (!self->served && deadline_cond_wait(&self->changed, &pool.lock, end))
		;
	if (!self->served) {
		for (link = &pool.first; *link != self;)
			link = &(*link)->next;
		*link = self->next;
	}
	CHECK(pthread_cond_destroy(&self->changed));
}

struct conn *conn_get(long patience)
{
	struct timespec end = deadline_in(patience);
	struct waiting self = {.next = NULL};

	CHECK(pthread_mutex_lock(&pool.lock));
	if (pool.unused_count > 0) {
		self.conn = pool.unused[--pool.unused_count];
	} else if (pool.places < CONNS) {
		pool.places++;
		self.served = true;
	} else {
		wait_for(&self, &end);
	}
	CHECK(pthread_mutex_unlock(&pool.lock));
	if (!self.served || self.conn)
		return self.conn;
	return open_one();
}

void conn_put(struct conn *conn)
{
	CHECK(pthread_mutex_lock(&pool.lock));
	if (!hand_on(conn))
		pool.unused[pool.unused_count++] = conn;
	CHECK(pthread_mutex_unlock(&pool.lock));
}

void conns_release(void)
{
	for (int i = 0; i < pool.unused_count; i++)
		pool.hang_up(pool.unused[i]);
}
