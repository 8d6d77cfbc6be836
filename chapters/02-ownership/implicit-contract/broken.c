/*
 * A cache of prices, and a thread that drops the stale ones. cache_new() starts
 * the thread and tells nobody; cache_free() knows nothing of it.
 *
 * Promise   when cache_free() returns, no thread touches the cache.
 * Ends      broken: rounds after cache_free() 1
 * tsan      fires  data-race in cache_free
 * helgrind  fires  Race in cache_free
 * drd       fires  ConflictingAccess in evict
 * memcheck  fires  InvalidRead in evict, InvalidWrite in evict
 * budget    fires  detached in evict_loop, joined in evict_loop when detached <= 0, joined == started
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/schedule.h"

enum { ENTRIES = 8, MAX_AGE = 60, ROUNDS = 2 };
enum { FIRST_ROUND_DONE, MINUTE_PASSED, EVICTOR_ENDED };

struct cache {
	struct {
		int item, price, age;
	} entries[ENTRIES]; /* guarded by lock */
	pthread_mutex_t lock;
};

static struct {
	pthread_mutex_t lock;
	bool freed;	     /* cache_free() has returned */
	int rounds_too_late; /* of the evictor, after that */
} seen = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void evict(struct cache *cache)
{
	CHECK(pthread_mutex_lock(&cache->lock));
	for (int i = 0; i < ENTRIES; i++)
		if (cache->entries[i].age > MAX_AGE)
			cache->entries[i].item = 0;
	CHECK(pthread_mutex_unlock(&cache->lock));

	CHECK(pthread_mutex_lock(&seen.lock));
	seen.rounds_too_late += seen.freed;
	CHECK(pthread_mutex_unlock(&seen.lock));
}

static void *evict_loop(void *arg)
{
	struct cache *cache = arg;

	for (int round = 0; round < ROUNDS; round++) {
		evict(cache);
		schedule_reached(FIRST_ROUND_DONE);
		/* A minute until the next round. */
		schedule_await(MINUTE_PASSED);
	}
	schedule_reached(EVICTOR_ENDED);
	return NULL;
}

static struct cache *cache_new(void)
{
	struct cache *cache = calloc(1, sizeof *cache);
	pthread_t evictor;

	HAVE(cache);
	CHECK(pthread_mutex_init(&cache->lock, NULL));
	NEED(pthread_create(&evictor, NULL, evict_loop, cache));
	CHECK(pthread_detach(evictor));
	return cache;
}

static void cache_free(struct cache *cache)
{
	free(cache);
}

int main(void)
{
	struct cache *cache = cache_new();

	schedule_await(FIRST_ROUND_DONE);
	cache_free(cache);
	CHECK(pthread_mutex_lock(&seen.lock));
	seen.freed = true;
	CHECK(pthread_mutex_unlock(&seen.lock));

	schedule_reached(MINUTE_PASSED);
	schedule_await(EVICTOR_ENDED);
	CHECK(pthread_mutex_lock(&seen.lock));
	int too_late = seen.rounds_too_late;
	CHECK(pthread_mutex_unlock(&seen.lock));
	return invariant(too_late == 0, "rounds after cache_free() %d", too_late);
}
