/*
 * Each field of the rules has a lock of its own.
 *
 * Tempting  every access has its lock, no lock is held for long, and every detector is silent.
 * Refused   the test: the rules change between two fields, and a mail is judged by the points of one change and the
 *           links of another. What belongs together needs one lock.
 * test      fails takes_a_change_as_a_whole
 */
#include "filter.h"

#include <pthread.h>
#include <stdint.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { CAPACITY = 16 };

static struct {
	pthread_mutex_t points_lock, links_lock;
	int points; /* guarded by points_lock */
	int links;  /* guarded by links_lock */
	struct queue mails;
	filter_judge *judge;
	pthread_t thread; /* joined by filter_stop() */
} filter = {.points_lock = PTHREAD_MUTEX_INITIALIZER, .links_lock = PTHREAD_MUTEX_INITIALIZER};

static int read_field(pthread_mutex_t *lock, const int *field)
{
	CHECK(pthread_mutex_lock(lock));
	int value = *field;
	CHECK(pthread_mutex_unlock(lock));
	return value;
}

static void write_field(pthread_mutex_t *lock, int *field, int value)
{
	CHECK(pthread_mutex_lock(lock));
	*field = value;
	CHECK(pthread_mutex_unlock(lock));
}

static void *judge_all(void *arg)
{
	void *mail;

	while (queue_take(&filter.mails, &mail)) {
		struct rules rules = {
			.points = read_field(&filter.points_lock, &filter.points),
			.links = read_field(&filter.links_lock, &filter.links),
		};

		filter.judge(&rules, (int)(intptr_t)mail);
	}
	return arg;
}

void filter_start(const struct rules *rules, filter_judge *judge)
{
	filter.points = rules->points;
	filter.links = rules->links;
	filter.judge = judge;
	queue_init(&filter.mails, CAPACITY);
	NEED(pthread_create(&filter.thread, NULL, judge_all, NULL));
}

void filter_put(int mail)
{
	REQUIRE(queue_put(&filter.mails, (void *)(intptr_t)mail));
}

void filter_set(const struct rules *rules)
{
	write_field(&filter.points_lock, &filter.points, rules->points);
	write_field(&filter.links_lock, &filter.links, rules->links);
}

void filter_stop(void)
{
	queue_close(&filter.mails);
	CHECK(pthread_join(filter.thread, NULL));
	queue_destroy(&filter.mails);
}
