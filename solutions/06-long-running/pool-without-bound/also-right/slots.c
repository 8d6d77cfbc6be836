/*
 * CONNS slots, each with a state, and the pool is nothing but these. There is no
 * number that could disagree with another. They lie in a block of their own, so that
 * memcheck sees who looks past the last.
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
#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"

static struct slot {
	enum { EMPTY, UNUSED, IN_USE } state;
	struct conn *conn;
} * slots; /* CONNS of them, guarded by lock */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static conn_dial *dial;
static conn_hang_up *hang_up;

void conns_init(conn_dial *new_dial, conn_hang_up *new_hang_up)
{
	dial = new_dial;
	hang_up = new_hang_up;
	slots = calloc(CONNS, sizeof *slots);
	HAVE(slots);
	deadline_cond_init(&changed);
}

/* Needs the lock held. An unused one if there is one, else an empty one, else NULL. */
static struct slot *find(void)
{
	struct slot *empty = NULL;

	for (int i = 0; i < CONNS; i++) {
		if (slots[i].state == UNUSED)
			return &slots[i];
		if (slots[i].state == EMPTY)
			empty = &slots[i];
	}
	return empty;
}

struct conn *conn_get(long patience)
{
	struct timespec end = deadline_in(patience);
	struct conn *conn = NULL;
	struct slot *slot;

	CHECK(pthread_mutex_lock(&lock));
	while (!(slot = find()) && deadline_cond_wait(&changed, &lock, &end))
		;
	bool opens = slot && slot->state == EMPTY;
	if (slot) {
		conn = slot->conn;
		slot->state = IN_USE;
	}
	CHECK(pthread_mutex_unlock(&lock));
	if (!opens)
		return conn;

	conn = dial(); /* without the lock: it takes long, and the slot is ours */
	CHECK(pthread_mutex_lock(&lock));
	slot->conn = conn;
	if (!conn) {
		slot->state = EMPTY;
		CHECK(pthread_cond_signal(&changed));
	}
	CHECK(pthread_mutex_unlock(&lock));
	return conn;
}

void conn_put(struct conn *conn)
{
	CHECK(pthread_mutex_lock(&lock));
	for (int i = 0; i < CONNS; i++)
		if (slots[i].state == IN_USE && slots[i].conn == conn)
			slots[i].state = UNUSED;
	CHECK(pthread_cond_signal(&changed));
	CHECK(pthread_mutex_unlock(&lock));
}

void conns_release(void)
{
	for (int i = 0; i < CONNS; i++)
		if (slots[i].state == UNUSED)
			hang_up(slots[i].conn);
	free(slots);
	CHECK(pthread_cond_destroy(&changed));
}
