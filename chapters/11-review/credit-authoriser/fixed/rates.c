#include "rates.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "../shared/world.h"
#include "kit/check.h"
#include "kit/gate.h"

struct rate {
	int decimals, digits; /* 2 and 1125 are 11.25 */
};

struct rates {
	pthread_mutex_t lock;
	struct rate rate; /* guarded by lock, as one: both or none */
	bool live;	  /* guarded by lock */
	struct gate ready;
	pthread_t refresher;
};

static void store(struct rates *rates, struct rate rate, bool live)
{
	CHECK(pthread_mutex_lock(&rates->lock));
	rates->rate = rate;
	rates->live = live;
	CHECK(pthread_mutex_unlock(&rates->lock));
}

static void *refresh_loop(void *arg)
{
	struct rates *rates = arg;
	struct rate rate;

	while ((rate.decimals = feed_number()) >= 0 && (rate.digits = feed_number()) >= 0) {
		store(rates, rate, true);
		gate_open(&rates->ready);
	}
	store(rates, (struct rate){0}, false);
	gate_open(&rates->ready);
	return NULL;
}

struct rates *rates_start(void)
{
	struct rates *rates = malloc(sizeof *rates);

	HAVE(rates);
	*rates = (struct rates){.lock = PTHREAD_MUTEX_INITIALIZER, .ready = GATE_INITIALIZER};
	NEED(pthread_create(&rates->refresher, NULL, refresh_loop, rates));
	gate_wait(&rates->ready);
	return rates;
}

long rates_to_crowns(struct rates *rates, long euros)
{
	CHECK(pthread_mutex_lock(&rates->lock));
	struct rate rate = rates->rate;
	bool live = rates->live;
	CHECK(pthread_mutex_unlock(&rates->lock));
	if (!live)
		return NO_RATE;
	long crowns = euros * rate.digits;

	for (int i = 0; i < rate.decimals; i++)
		crowns /= 10;
	return crowns;
}

void rates_stop(struct rates *rates)
{
	feed_hang_up();
	CHECK(pthread_join(rates->refresher, NULL));
	gate_destroy(&rates->ready);
	CHECK(pthread_mutex_destroy(&rates->lock));
	free(rates);
}
