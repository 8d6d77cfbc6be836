/*
 * A bank approves transfers in a thread of its own, up to a limit. The thread
 * reads the settings once, as it starts. In the afternoon the bank lowers the
 * limit, because of a fraud; in the settings it is lower from then on.
 *
 * Promise   from the moment when settings_change() has returned, no transfer is begun by the old limit.
 * Ends      broken: limit 100, above it: asked for 4, approved 4
 * tsan      blind  each access to the settings has its lock; the thread's copy is its own
 * helgrind  blind  each access to the settings has its lock; the thread's copy is its own
 * drd       blind  each access to the settings has its lock; the thread's copy is its own
 * memcheck  blind  the copy is valid memory with a value; that it was true yesterday is not a property of memory
 * budget    fires  version_used in main when version_used == version_set, joined == started
 */
#include <pthread.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/queue.h"

enum { MORNING = 3, AFTERNOON = 4, AMOUNT = 500, CAPACITY = 10 };

struct limits {
	int version, amount;
};

static struct {
	pthread_mutex_t lock;
	struct limits limits; /* guarded by lock */
} settings = {.lock = PTHREAD_MUTEX_INITIALIZER, .limits = {1, 1000}};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int decided, approved; /* guarded by lock */
	struct queue transfers;
	pthread_t approver;
} bank = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* What is in force now, all of it at one moment. */
static struct limits settings_now(void)
{
	CHECK(pthread_mutex_lock(&settings.lock));
	struct limits limits = settings.limits;
	CHECK(pthread_mutex_unlock(&settings.lock));
	return limits;
}

static void settings_change(int amount)
{
	CHECK(pthread_mutex_lock(&settings.lock));
	settings.limits.version++;
	settings.limits.amount = amount;
	gauge_set("version_set", settings.limits.version);
	CHECK(pthread_mutex_unlock(&settings.lock));
}

static void decide(int amount, const struct limits *limits)
{
	CHECK(pthread_mutex_lock(&bank.lock));
	bank.decided++;
	bank.approved += amount <= limits->amount;
	gauge_set("version_used", limits->version);
	CHECK(pthread_cond_signal(&bank.changed));
	CHECK(pthread_mutex_unlock(&bank.lock));
}

static void *approve(void *arg)
{
	/* True now. This thread will run for months, and nothing tells it that the settings have changed. */
	struct limits limits = settings_now();
	void *amount;

	while (queue_take(&bank.transfers, &amount))
		decide(*(int *)amount, &limits);
	return arg;
}

/* Sends so many transfers through, and returns how many of them were approved. */
static int transfer(int count)
{
	static int amount = AMOUNT;

	CHECK(pthread_mutex_lock(&bank.lock));
	int before = bank.approved, all = bank.decided + count;
	CHECK(pthread_mutex_unlock(&bank.lock));
	for (int i = 0; i < count; i++)
		REQUIRE(queue_put(&bank.transfers, &amount));
	CHECK(pthread_mutex_lock(&bank.lock));
	while (bank.decided < all)
		CHECK(pthread_cond_wait(&bank.changed, &bank.lock));
	int approved = bank.approved - before;
	CHECK(pthread_mutex_unlock(&bank.lock));
	return approved;
}

int main(void)
{
	gauge_set("version_set", settings_now().version);
	queue_init(&bank.transfers, CAPACITY);
	NEED(pthread_create(&bank.approver, NULL, approve, NULL));
	REQUIRE(transfer(MORNING) == MORNING);
	settings_change(100);
	int approved = transfer(AFTERNOON);
	queue_close(&bank.transfers);
	CHECK(pthread_join(bank.approver, NULL));
	queue_destroy(&bank.transfers);
	return invariant(approved == 0, "limit %d, above it: asked for %d, approved %d", settings_now().amount,
			 AFTERNOON, approved);
}
