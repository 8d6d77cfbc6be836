/*
 * A shop converts its prices from euros by a rate that a thread polls from the
 * bank. main() starts the poller when the settings are loaded, holds it as a
 * value, and stops it before it ends.
 *
 * Promise   every order is charged by the rate of the shop's own currency.
 * Ends      holds: orders 3, charged by another currency's rate 0
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads at exit <= 1
 */
#include <pthread.h>
#include <stddef.h>

#include "kit/check.h"
#include "kit/stop.h"

enum { ORDERS = 3, PRICE = 10000 /* cents of a euro */, MINUTE = 60000 /* ms */ };
enum currency { DOLLAR, FRANC, CURRENCIES };

static const long bank_rates[CURRENCIES] = {[DOLLAR] = 1080, [FRANC] = 940}; /* for 1000 euros */

/* Written by main() before it starts a thread, and never again: needs no lock. */
static struct {
	enum currency currency;
} settings = {.currency = DOLLAR}; /* until settings_load() */

struct rate {
	pthread_mutex_t lock;
	long for_1000; /* guarded by lock */
	pthread_t poller;
	struct stop stop;
};

static void rate_poll(struct rate *rate)
{
	long fresh = bank_rates[settings.currency];

	CHECK(pthread_mutex_lock(&rate->lock));
	rate->for_1000 = fresh;
	CHECK(pthread_mutex_unlock(&rate->lock));
}

static void *poll_loop(void *arg)
{
	struct rate *rate = arg;

	while (!stop_wait(&rate->stop, MINUTE))
		rate_poll(rate);
	return NULL;
}

/* The settings must be loaded. There is a rate when it returns. Pair it with rate_stop(). */
static void rate_start(struct rate *rate)
{
	CHECK(pthread_mutex_init(&rate->lock, NULL));
	stop_init(&rate->stop);
	rate_poll(rate);
	NEED(pthread_create(&rate->poller, NULL, poll_loop, rate));
}

/* No thread uses the rate any more when it returns, nor the settings for it. */
static void rate_stop(struct rate *rate)
{
	stop_request(&rate->stop);
	CHECK(pthread_join(rate->poller, NULL));
	stop_destroy(&rate->stop);
	CHECK(pthread_mutex_destroy(&rate->lock));
}

static void settings_load(void)
{
	settings.currency = FRANC; /* as in the shop's file */
}

static long charge(struct rate *rate, long euro_cents)
{
	CHECK(pthread_mutex_lock(&rate->lock));
	long local_cents = euro_cents * rate->for_1000 / 1000;
	CHECK(pthread_mutex_unlock(&rate->lock));
	return local_cents;
}

int main(void)
{
	struct rate shop_rate;
	int wrong = 0;

	settings_load();
	rate_start(&shop_rate);
	for (int order = 0; order < ORDERS; order++)
		wrong += charge(&shop_rate, PRICE) != PRICE * bank_rates[FRANC] / 1000;
	rate_stop(&shop_rate);
	return invariant(wrong == 0, "orders %d, charged by another currency's rate %d", ORDERS, wrong);
}
