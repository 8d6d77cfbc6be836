#include "rates.h"

#include <pthread.h>
#include <stdbool.h>

#include "../shared/world.h"
#include "kit/check.h"
#include "kit/gate.h"

struct rate {
	int decimals, digits; /* 2 and 1125 are 11.25 */
};

static struct {
	pthread_mutex_t lock;
	struct rate rate; /* guarded by lock, as one: both or none */
	bool live;	  /* guarded by lock */
	struct gate ready;
	pthread_t refresher;
} rates = {.lock = PTHREAD_MUTEX_INITIALIZER, .ready = GATE_INITIALIZER};

static void store(struct rate rate, bool live)
{
	CHECK(pthread_mutex_lock(&rates.lock));
	rates.rate = rate;
	rates.live = live;
	CHECK(pthread_mutex_unlock(&rates.lock));
}

static void *refresh_loop(void *arg)
{
	struct rate rate;

	while ((rate.decimals = feed_number()) >= 0 && (rate.digits = feed_number()) >= 0) {
		store(rate, true);
		gate_open(&rates.ready);
	}
	store((struct rate){0}, false);
	gate_open(&rates.ready);
	return arg;
}

void rates_start(void)
{
	NEED(pthread_create(&rates.refresher, NULL, refresh_loop, NULL));
	gate_wait(&rates.ready);
}

long rates_to_crowns(long euros)
{
	CHECK(pthread_mutex_lock(&rates.lock));
	struct rate rate = rates.rate;
	bool live = rates.live;
	CHECK(pthread_mutex_unlock(&rates.lock));
	if (!live)
		return NO_RATE;
	long crowns = euros * rate.digits;

	for (int i = 0; i < rate.decimals; i++)
		crowns /= 10;
	return crowns;
}

void rates_stop(void)
{
	feed_hang_up();
	CHECK(pthread_join(rates.refresher, NULL));
}
