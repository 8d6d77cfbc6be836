/*
 * A print service renders reports into buffers of 4 MiB. A pool keeps four of
 * them, so that none has to be allocated for a report. Today twelve clients ask
 * at a time, and read slowly; one that finds the pool empty gets a new buffer.
 *
 * Promise   there are never more than four buffers, and a client gets its report or is told that it does not.
 * Ends      broken: requests 12, served 12, refused 0, buffers 12
 * tsan      blind  the pool has a lock, and each buffer one user at a time
 * helgrind  blind  the pool has a lock, and each buffer one user at a time
 * drd       blind  the pool has a lock, and each buffer one user at a time
 * memcheck  blind  each buffer is valid when it is used, and freed in the end
 * budget    fires  buffers in buffer_new, memory in main when buffers <= 4, memory <= start + 32 MiB,
 *           joined == started
 */
#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/gate.h"
#include "kit/gauge.h"

enum { POOL = 4, REQUESTS = 12, PAGE = 4096, SIZE = 1024 * PAGE };

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
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

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

/* A buffer for one report. It goes back to the pool with pool_put(). */
static struct buffer *pool_get(void)
{
	CHECK(pthread_mutex_lock(&pool.lock));
	/* The pool saves an allocation. How many buffers there are is decided by how many clients are slow. */
	if (!pool.unused)
		buffer_new();
	struct buffer *buffer = pool.unused;
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
