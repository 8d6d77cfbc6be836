/*
 * A print service renders reports into buffers of 4 MiB. A pool keeps four of
 * them, so that none has to be allocated for a report, and there are no others.
 * Today twelve clients ask at a time; one that finds it empty waits, or goes.
 *
 * Promise   there are never more than four buffers, and a client gets its report or is told that it does not.
 * Ends      holds: requests 12, served 4, refused 8, buffers 4
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when buffers <= 4, memory <= start + 32 MiB, joined == started
 */
#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gate.h"
#include "kit/gauge.h"

enum { POOL = 4, REQUESTS = 12, PAGE = 4096, SIZE = 1024 * PAGE };
enum { PATIENCE = 10 /* ms */ };

struct buffer {
	struct buffer *next; /* in the pool; guarded by its lock */
	char bytes[SIZE];
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	struct buffer *unused;
	int buffers;	     /* that there are, in use or not */
	int served, refused; /* requests */
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct gate clients_read = GATE_INITIALIZER;

/* Needs the lock held. */
static void buffer_new(void)
{
	struct buffer *buffer = malloc(sizeof *buffer);

	HAVE(buffer);
	gauge_set("buffers", ++pool.buffers);
	buffer->next = pool.unused;
	pool.unused = buffer;
}

/* A buffer for one report. It goes back to the pool with pool_put(). NULL: all are in use, and none came in time. */
static struct buffer *pool_get(void)
{
	struct timespec end = deadline_in(PATIENCE);

	CHECK(pthread_mutex_lock(&pool.lock));
	while (!pool.unused && pool.buffers == POOL && deadline_cond_wait(&pool.changed, &pool.lock, &end))
		;
	if (!pool.unused && pool.buffers < POOL)
		buffer_new();
	struct buffer *buffer = pool.unused;
	if (buffer)
		pool.unused = buffer->next;
	CHECK(pthread_mutex_unlock(&pool.lock));
	return buffer;
}

static void pool_put(struct buffer *buffer)
{
	CHECK(pthread_mutex_lock(&pool.lock));
	buffer->next = pool.unused;
	pool.unused = buffer;
	CHECK(pthread_cond_broadcast(&pool.changed));
	CHECK(pthread_mutex_unlock(&pool.lock));
}

static void *handle(void *arg)
{
	struct buffer *buffer = pool_get();

	CHECK(pthread_mutex_lock(&pool.lock));
	*(buffer ? &pool.served : &pool.refused) += 1;
	CHECK(pthread_cond_broadcast(&pool.changed));
	CHECK(pthread_mutex_unlock(&pool.lock));
	if (buffer) {
		for (int i = 0; i < SIZE; i += PAGE)
			buffer->bytes[i] = 'r';
		gate_wait(&clients_read);
		pool_put(buffer);
	}
	return arg;
}

int main(void)
{
	pthread_t handlers[REQUESTS];

	deadline_cond_init(&pool.changed);
	for (int i = 0; i < REQUESTS; i++)
		NEED(pthread_create(&handlers[i], NULL, handle, NULL));
	CHECK(pthread_mutex_lock(&pool.lock));
	while (pool.served + pool.refused < REQUESTS)
		CHECK(pthread_cond_wait(&pool.changed, &pool.lock));
	CHECK(pthread_mutex_unlock(&pool.lock));
	gate_open(&clients_read);
	for (int i = 0; i < REQUESTS; i++)
		CHECK(pthread_join(handlers[i], NULL));
	for (struct buffer *next; pool.unused; pool.unused = next) {
		next = pool.unused->next;
		free(pool.unused);
	}
	return invariant(pool.buffers <= POOL, "requests %d, served %d, refused %d, buffers %d", REQUESTS, pool.served,
			 pool.refused, pool.buffers);
}
