/*
 * A cache of prices, and a thread that drops the stale ones. cache_new() starts
 * the thread and keeps its handle; cache_free() stops it and waits for it.
 *
 * Promise   when cache_free() returns, no thread touches the cache.
 * Ends      holds: rounds after cache_free() 0
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when detached <= 0, joined == started
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/schedule.h"
#include "kit/stop.h"

enum { ENTRIES = 8, MAX_AGE = 60, ROUNDS = 2, MINUTE = 60000 /* ms */ };
enum { FIRST_ROUND_DONE, MINUTE_PASSED, EVICTOR_ENDED };

struct cache {
	struct {
		int item, price, age;
	} entries[ENTRIES]; /* guarded by lock */
	pthread_mutex_t lock;
	pthread_t evictor;
	struct stop stop;
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
		if (stop_wait(&cache->stop, MINUTE))
			break;
	}
	schedule_reached(EVICTOR_ENDED);
	return NULL;
}

static struct cache *cache_new(void)
{
	struct cache *cache = calloc(1, sizeof *cache);

	HAVE(cache);
	CHECK(pthread_mutex_init(&cache->lock, NULL));
	stop_init(&cache->stop);
	NEED(pthread_create(&cache->evictor, NULL, evict_loop, cache));
	return cache;
}

static void cache_free(struct cache *cache)
{
	stop_request(&cache->stop);
	CHECK(pthread_join(cache->evictor, NULL));
	stop_destroy(&cache->stop);
	CHECK(pthread_mutex_destroy(&cache->lock));
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
