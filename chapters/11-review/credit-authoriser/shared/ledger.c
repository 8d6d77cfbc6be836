#include "ledger.h"

#include <pthread.h>

#include "kit/check.h"

static struct {
	pthread_mutex_t lock;
	long charged[ACCOUNTS]; /* guarded by lock */
} ledger = {.lock = PTHREAD_MUTEX_INITIALIZER};

bool ledger_charge(int customer, long amount)
{
	CHECK(pthread_mutex_lock(&ledger.lock));
	bool enough = ledger.charged[customer] + amount <= CREDIT;
	if (enough)
		ledger.charged[customer] += amount;
	CHECK(pthread_mutex_unlock(&ledger.lock));
	return enough;
}

long ledger_charged(int customer)
{
	CHECK(pthread_mutex_lock(&ledger.lock));
	long charged = ledger.charged[customer];
	CHECK(pthread_mutex_unlock(&ledger.lock));
	return charged;
}
