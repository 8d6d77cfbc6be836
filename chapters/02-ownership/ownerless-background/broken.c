/*
 * A shop converts its prices from euros by a rate that a thread polls from the
 * bank. The thread is started as the program is loaded, before main(), by the
 * file that needs it. Nobody called for it, and nobody has a handle.
 *
 * Promise   every order is charged by the rate of the shop's own currency.
 * Ends      broken: orders 3, charged by another currency's rate 3
 * tsan      fires  data-race in settings_load
 * helgrind  fires  Race in settings_load
 * drd       fires  ConflictingAccess in settings_load
 * memcheck  blind  every byte that is read is initialised and alive; it is only the wrong moment to read it
 * budget    fires  threads-at-exit in poll_loop when threads at exit <= 1
 */
#include <pthread.h>
#include <stddef.h>

#include "kit/check.h"
#include "kit/schedule.h"

enum { ORDERS = 3, PRICE = 10000 /* cents of a euro */ };
enum currency { DOLLAR, FRANC, CURRENCIES };
enum { FIRST_POLL_DONE, MINUTE_PASSED };

static const long bank_rates[CURRENCIES] = {[DOLLAR] = 1080, [FRANC] = 940}; /* for 1000 euros */

/* Written by main() before it starts a thread, and never again: needs no lock. */
static struct {
	enum currency currency;
} settings = {.currency = DOLLAR}; /* until settings_load() */

struct rate {
	pthread_mutex_t lock;
	long for_1000; /* guarded by lock */
};

static struct rate shop_rate = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void rate_poll(struct rate *rate)
{
	long fresh = bank_rates[settings.currency];

	CHECK(pthread_mutex_lock(&rate->lock));
	rate->for_1000 = fresh;
	CHECK(pthread_mutex_unlock(&rate->lock));
}

static void *poll_loop(void *arg)
{
	for (;;) {
		rate_poll(arg);
		schedule_reached(FIRST_POLL_DONE);
		schedule_await(MINUTE_PASSED);
	}
	return NULL;
}

/* Runs before main(), and with it the poller: the first poll finds the settings that nobody has loaded. */
__attribute__((constructor)) static void rate_at_load(void)
{
	pthread_t poller;

	NEED(pthread_create(&poller, NULL, poll_loop, &shop_rate));
	CHECK(pthread_detach(poller));
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
	int wrong = 0;

	schedule_await(FIRST_POLL_DONE);
	settings_load();
	for (int order = 0; order < ORDERS; order++)
		wrong += charge(&shop_rate, PRICE) != PRICE * bank_rates[FRANC] / 1000;
	return invariant(wrong == 0, "orders %d, charged by another currency's rate %d", ORDERS, wrong);
}
