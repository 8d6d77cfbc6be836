/*
 * A gateway. Each request gets a deadline: a thread that waits thirty seconds,
 * and then gives up on the request. The answer comes in the same second, and
 * the thread is not told. It waits on, and so does the request's memory.
 *
 * Promise   of a request that has been answered nothing is left: no thread and no memory.
 * Ends      broken: answered 12, in memory 12
 * tsan      blind  every access is under a lock; a thread that waits properly for too long breaks no rule of memory
 * helgrind  blind  it compares accesses, and these are all ordered
 * drd       blind  it compares accesses, and these are all ordered
 * memcheck  blind  the deadline threads still hold the requests: memory that somebody can free is not lost
 * budget    fires  threads in deadline, joined in deadline, in_memory in request_done
 *                  when threads <= in_flight + 1, in_memory <= in_flight, joined == started
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/gauge.h"

enum { REQUESTS = 12, PATIENCE = 30 /* seconds */ };

/* The gateway's clock, in seconds. main() turns it, so that no verdict depends on a real one. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* the time, or a request */
	int now;		/* guarded by lock */
	int in_memory;		/* requests; guarded by lock */
} gateway = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

struct request {
	pthread_t deadline_thread; /* the handler's */
	/* all below guarded by gateway.lock */
	enum { IN_FLIGHT, ANSWERED, GIVEN_UP } state;
	int users; /* the last one frees it */
	int deadline;
	char body[4096];
};

/* Needs the lock held. */
static void release(struct request *request)
{
	if (--request->users > 0)
		return;
	free(request);
	gauge_set("in_memory", --gateway.in_memory);
}

static void *deadline(void *arg)
{
	struct request *request = arg;

	CHECK(pthread_mutex_lock(&gateway.lock));
	/* This waits for one thing, the time. That the answer has come is not among the reasons to end. */
	while (gateway.now < request->deadline)
		CHECK(pthread_cond_wait(&gateway.changed, &gateway.lock));
	if (request->state == IN_FLIGHT)
		request->state = GIVEN_UP;
	release(request);
	CHECK(pthread_mutex_unlock(&gateway.lock));
	return NULL;
}

static struct request *request_new(void)
{
	struct request *request = calloc(1, sizeof *request);

	HAVE(request);
	gauge_add("in_flight", 1);
	CHECK(pthread_mutex_lock(&gateway.lock));
	gauge_set("in_memory", ++gateway.in_memory);
	request->users = 2; /* the handler and the deadline */
	request->deadline = gateway.now + PATIENCE;
	NEED(pthread_create(&request->deadline_thread, NULL, deadline, request));
	CHECK(pthread_detach(request->deadline_thread)); /* it ends by itself */
	CHECK(pthread_mutex_unlock(&gateway.lock));
	return request;
}

/* True if the answer was in time. */
static bool request_done(struct request *request)
{
	CHECK(pthread_mutex_lock(&gateway.lock));
	bool in_time = request->state == IN_FLIGHT;
	request->state = ANSWERED;
	release(request);
	CHECK(pthread_mutex_unlock(&gateway.lock));
	gauge_add("in_flight", -1);
	return in_time;
}

static void a_second_passes(void)
{
	CHECK(pthread_mutex_lock(&gateway.lock));
	gateway.now++;
	CHECK(pthread_cond_broadcast(&gateway.changed));
	CHECK(pthread_mutex_unlock(&gateway.lock));
}

int main(void)
{
	int answered = 0;

	for (int i = 0; i < REQUESTS; i++) {
		answered += request_done(request_new());
		a_second_passes();
	}
	CHECK(pthread_mutex_lock(&gateway.lock));
	int in_memory = gateway.in_memory;
	CHECK(pthread_mutex_unlock(&gateway.lock));
	return invariant(in_memory == 0, "answered %d, in memory %d", answered, in_memory);
}
