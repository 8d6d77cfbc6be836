/*
 * A shop that takes orders over HTTP, by libmicrohttpd. All of the library's
 * calls are made by one thread, the server. shop_stop() lets no connection and
 * no request in, waits for those in flight, ends the server, closes the store.
 *
 * Promise   when shop_stop() returns, each order that was acknowledged is in the store, and no handler uses it.
 * Ends      holds: orders 3, acknowledged 2, refused 1, stored 2
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when in_flight <= 2, joined == started, descriptors at exit <= start
 */
#include <pthread.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gauge.h"
#include "kit/schedule.h"
#include "shared/clients.h"
#include "shared/http.h"
#include "shared/store.h"

enum { PATIENCE = 60000 /* ms */ };
enum state { OPEN, DRAINING, ENDING };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum state state; /* guarded by lock */
	int in_flight;	  /* requests; guarded by lock */
	struct http http;
	struct store *store; /* the server's, until it is joined */
	pthread_t server;
} shop = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Counts requests in and out, and returns the shop's state. */
static enum state count(int requests)
{
	CHECK(pthread_mutex_lock(&shop.lock));
	shop.in_flight += requests;
	gauge_set("in_flight", shop.in_flight);
	CHECK(pthread_cond_signal(&shop.changed));
	enum state state = shop.state;
	CHECK(pthread_mutex_unlock(&shop.lock));
	return state;
}

/* Called by the library when the head of a request has come, then with each part of its body, then with none. */
static enum MHD_Result handle(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
			      const char *version, const char *body, size_t *size, void **request)
{
	(void)arg, (void)url, (void)method, (void)version, (void)body;
	if (!*request) {
		*request = &shop;
		return count(+1) == OPEN ? MHD_YES : http_answer(connection, MHD_HTTP_SERVICE_UNAVAILABLE);
	}
	if (*size > 0) {
		*size = 0;
		return MHD_YES;
	}
	shop.store->orders++;
	return http_answer(connection, MHD_HTTP_OK);
}

static void completed(void *arg, struct MHD_Connection *connection, void **request, enum MHD_RequestTerminationCode how)
{
	(void)arg, (void)connection, (void)how;
	if (*request)
		count(-1);
}

static void *serve(void *arg)
{
	for (enum state state; (state = count(0)) != ENDING; http_run(&shop.http))
		if (state == DRAINING) {
			http_quiesce(&shop.http);
			schedule_reached(NO_MORE_CONNECTIONS);
		}
	http_stop(&shop.http);
	return arg;
}

static void tell(enum state state)
{
	CHECK(pthread_mutex_lock(&shop.lock));
	shop.state = state;
	http_wake(&shop.http);
	CHECK(pthread_mutex_unlock(&shop.lock));
}

/* Returns when exactly `requests` are in flight, or its patience is at an end. */
static void await_in_flight(int requests)
{
	struct timespec end = deadline_in(PATIENCE);

	CHECK(pthread_mutex_lock(&shop.lock));
	while (shop.in_flight != requests && deadline_cond_wait(&shop.changed, &shop.lock, &end))
		;
	CHECK(pthread_mutex_unlock(&shop.lock));
}

/* How many orders the store had when it was closed. */
static long shop_stop(void)
{
	tell(DRAINING);
	await_in_flight(0);
	schedule_reached(NONE_IN_FLIGHT);
	schedule_await(LATE_ONE_ANSWERED);
	tell(ENDING);
	CHECK(pthread_join(shop.server, NULL));
	return store_close(shop.store);
}

int main(void)
{
	pthread_t threads[2];

	deadline_cond_init(&shop.changed);
	shop.store = store_open();
	http_start(&shop.http, handle, completed, NULL);
	NEED(pthread_create(&shop.server, NULL, serve, NULL));
	struct client slow = {.port = shop.http.port}, twice = {.port = shop.http.port};
	NEED(pthread_create(&threads[0], NULL, order_slowly, &slow));
	await_in_flight(1);
	NEED(pthread_create(&threads[1], NULL, order_twice, &twice));
	schedule_await(FIRST_ANSWERED);
	long stored = shop_stop();
	for (int i = 0; i < 2; i++)
		CHECK(pthread_join(threads[i], NULL));
	int acknowledged = slow.acknowledged + twice.acknowledged;
	return invariant(stored == acknowledged, "orders 3, acknowledged %d, refused %d, stored %ld", acknowledged,
			 3 - acknowledged, stored);
}
