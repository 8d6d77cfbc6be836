#include "rates.h"

#include <pthread.h>

#include "../shared/world.h"
#include "kit/check.h"
#include "kit/gate.h"

static struct {
	pthread_mutex_t lock;
	int decimals, digits; /* 2 and 1125 are 11.25 */
	struct gate ready;
} rates = {.lock = PTHREAD_MUTEX_INITIALIZER, .ready = GATE_INITIALIZER};

static void store(int *field, int number)
{
	CHECK(pthread_mutex_lock(&rates.lock));
	*field = number;
	CHECK(pthread_mutex_unlock(&rates.lock));
}

static void *refresh_loop(void *arg)
{
	for (;;) {
		store(&rates.decimals, feed_number());
		/* Until the second half has come, there is a rate here that no exchange has ever sent. */
		store(&rates.digits, feed_number());
		gate_open(&rates.ready);
	}
	return arg;
}

void rates_start(void)
{
	pthread_t refresher;

	NEED(pthread_create(&refresher, NULL, refresh_loop, NULL));
	gate_wait(&rates.ready);
}

/* No lock: it is called for each purchase abroad, and an int is read in one go. */
long rates_to_crowns(long euros)
{
	long crowns = euros * rates.digits;

	for (int i = 0; i < rates.decimals; i++)
		crowns /= 10;
	return crowns;
}
