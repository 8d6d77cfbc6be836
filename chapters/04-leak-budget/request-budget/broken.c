/*
 * A journey planner. Each request has a thread that loads the tariff while the
 * journey is searched, waits for the journey, and prices it. What was priced
 * once is in a cache, and a request that finds its fare there returns at once.
 *
 * Promise   when a request has been answered, no thread of it runs.
 * Ends      broken: right answers 20 of 20, threads left behind 18
 * tsan      blind  a thread that waits touches nothing, and it calls a thread leaked only when that has ended
 * helgrind  blind  whatever is shared has a lock or a join before it; a join that is missing is not an access
 * drd       blind  whatever is shared has a lock or a join before it; a join that is missing is not an access
 * memcheck  blind  what a waiting thread holds, it still points to: no block is lost
 * budget    fires  threads in price, threads-at-exit in price, joined in price
 *           when threads <= in_flight + 10, threads at exit <= 1, joined == started
 */
#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/queue.h"

enum { CLIENTS = 2, REQUESTS = 10 /* of each client, all for the same journey */, CENTS_A_MINUTE = 30 };
static int minutes[CLIENTS] = {20, 30}; /* by journey; never changes */

static struct {
	pthread_mutex_t lock;
	int fares[CLIENTS]; /* the cache; 0: not known; guarded by lock */
	int right_answers;  /* guarded by lock */
	int threads;	    /* of pricings, started and not joined; guarded by lock */
} planner = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* A thread that prices one journey, when it is told which. */
struct pricing {
	pthread_t thread;
	struct queue found; /* the journey's minutes; closed: there will be none */
	int fare;	    /* the thread's, until it has been joined */
};

/* Adds to a number that the planner's lock guards, and returns what it is then. */
static int add(int *number, int amount)
{
	CHECK(pthread_mutex_lock(&planner.lock));
	int sum = *number += amount;
	CHECK(pthread_mutex_unlock(&planner.lock));
	return sum;
}

/* The first fare that is priced is the fare: two clients that miss the cache together have priced it twice. */
static int remember(int *fare, int priced)
{
	CHECK(pthread_mutex_lock(&planner.lock));
	if (*fare == 0)
		*fare = priced;
	int known = *fare;
	CHECK(pthread_mutex_unlock(&planner.lock));
	return known;
}

static void *price(void *arg)
{
	struct pricing *pricing = arg;
	int tariff = CENTS_A_MINUTE; /* loading it takes a while */
	void *found;

	if (queue_take(&pricing->found, &found))
		pricing->fare = *(int *)found * tariff;
	return NULL;
}

static struct pricing *pricing_start(void)
{
	struct pricing *pricing = calloc(1, sizeof *pricing);

	HAVE(pricing);
	queue_init(&pricing->found, 1);
	add(&planner.threads, 1);
	NEED(pthread_create(&pricing->thread, NULL, price, pricing));
	return pricing;
}

/* Ends the thread and returns the fare; 0 if it was not told a journey. */
static int pricing_end(struct pricing *pricing)
{
	queue_close(&pricing->found);
	CHECK(pthread_join(pricing->thread, NULL));
	add(&planner.threads, -1);
	int fare = pricing->fare;
	queue_destroy(&pricing->found);
	free(pricing);
	return fare;
}

/* Returns the fare of the journey. */
static int answer(int journey)
{
	struct pricing *pricing = pricing_start();
	int known = add(&planner.fares[journey], 0);

	/* A complete answer, and the fastest. The thread goes on waiting for a journey. */
	if (known)
		return known;
	REQUIRE(queue_put(&pricing->found, &minutes[journey]));
	return remember(&planner.fares[journey], pricing_end(pricing));
}

/* A client's connection. */
static void *serve(void *arg)
{
	int journey = *(int *)arg;

	for (int i = 0; i < REQUESTS; i++) {
		gauge_add("in_flight", 1);
		int fare = answer(journey);
		gauge_add("in_flight", -1);
		add(&planner.right_answers, fare == minutes[journey] * CENTS_A_MINUTE);
	}
	return NULL;
}

int main(void)
{
	static int journeys[CLIENTS] = {0, 1};
	pthread_t clients[CLIENTS];

	for (int i = 0; i < CLIENTS; i++)
		NEED(pthread_create(&clients[i], NULL, serve, &journeys[i]));
	for (int i = 0; i < CLIENTS; i++)
		CHECK(pthread_join(clients[i], NULL));
	int right = add(&planner.right_answers, 0), left = add(&planner.threads, 0);
	return invariant(right == CLIENTS * REQUESTS && left == 0, "right answers %d of %d, threads left behind %d", right,
			 CLIENTS * REQUESTS, left);
}
