/*
 * An auction house takes bids by telephone. For each lot a clerk is started who
 * notes the highest bid. A caller gets it only by stopping the clerk, and a
 * sale that ends early stops him too: its scope has come to its end.
 *
 * Promise   a lot is sold for the highest bid that was made for it.
 * Ends      holds: best bid for the teapot 45, sold for 45
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"
#include "kit/schedule.h"

enum { PAINTING, TEAPOT, LOTS, CALLS = 3, NO_SALE = 0 };
enum { LATE_BID_NOTED };
static const bool withdrawn[LOTS] = {[PAINTING] = true};
static int teapot_bids[CALLS] = {30, 45, 40}, late_bid = 900;

struct bidding {
	struct queue calls; /* pointers to bids */
	pthread_t clerk;
	int lot, highest; /* highest is the clerk's, until he has been joined */
};

static struct {
	struct bidding *open_for[LOTS]; /* where a call is put through; main()'s */
	pthread_mutex_t lock;
	int book[CALLS + 1 + LOTS], lines; /* every bid and every price; guarded by lock */
} house = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void put_down(int amount)
{
	CHECK(pthread_mutex_lock(&house.lock));
	house.book[house.lines++] = amount;
	CHECK(pthread_mutex_unlock(&house.lock));
}

static void *note_bids(void *arg)
{
	struct bidding *bidding = arg;
	void *call;

	while (queue_take(&bidding->calls, &call)) {
		int bid = *(int *)call;

		if (bid > bidding->highest)
			bidding->highest = bid;
		put_down(bid);
		if (bid == late_bid)
			schedule_reached(LATE_BID_NOTED);
	}
	return NULL;
}

/* Starts a clerk, who notes the highest bid. Pair it with bidding_stop(). */
static struct bidding *bidding_start(int lot)
{
	struct bidding *bidding = malloc(sizeof *bidding);

	HAVE(bidding);
	*bidding = (struct bidding){.lot = lot, .highest = NO_SALE};
	queue_init(&bidding->calls, CALLS);
	NEED(pthread_create(&bidding->clerk, NULL, note_bids, bidding));
	return house.open_for[lot] = bidding;
}

/* Takes no more calls, waits until all are noted, frees it, writes the highest bid. A second stop writes nothing. */
static void bidding_stop(struct bidding **handle, int *highest)
{
	struct bidding *bidding = *handle;

	if (!bidding)
		return;
	*handle = house.open_for[bidding->lot] = NULL;
	queue_close(&bidding->calls);
	CHECK(pthread_join(bidding->clerk, NULL));
	*highest = bidding->highest;
	queue_destroy(&bidding->calls);
	free(bidding);
}

static void bidding_drop(struct bidding **handle)
{
	bidding_stop(handle, &(int){NO_SALE});
}

/* The one GNU extension here, of gcc and clang: whichever way the scope of the handle is left, it is stopped. */
#define STOPPED_WITH_SCOPE __attribute__((cleanup(bidding_drop)))

/* A caller has waited on the line for the painting, and is put through while the hammer falls for the teapot. */
static void hammer_falls(void)
{
	if (house.open_for[PAINTING] && queue_put(&house.open_for[PAINTING]->calls, &late_bid))
		schedule_await(LATE_BID_NOTED);
}

static int sell(int lot)
{
	int highest = NO_SALE;
	STOPPED_WITH_SCOPE struct bidding *bidding = bidding_start(lot);

	if (withdrawn[lot])
		return NO_SALE;
	for (int i = 0; i < CALLS; i++)
		REQUIRE(queue_put(&bidding->calls, &teapot_bids[i]));
	bidding_stop(&bidding, &highest);
	hammer_falls();
	put_down(highest);
	return highest;
}

int main(void)
{
	sell(PAINTING);
	int price = sell(TEAPOT), best = teapot_bids[1];
	return invariant(price == best, "best bid for the teapot %d, sold for %d", best, price);
}
