/*
 * A price inquiry. Three exchanges are asked at the same time, each by a thread,
 * and the first answer wins. There is room for one answer, since one is wanted.
 * The asker takes it, and frees the inquiry. The losers have not answered yet.
 *
 * Promise   when inquiry_end() returns, every thread of the inquiry has ended, and its memory is free.
 * Ends      broken: price 8120, asked 3, ended 2
 * tsan      fires  data-race in inquiry_end, heap-use-after-free in put
 * helgrind  fires  Race in inquiry_end
 * drd       fires  ConflictingAccess in put
 * memcheck  fires  InvalidRead in put, InvalidWrite in put, SyscallParam in put
 * budget    fires  threads-at-exit in ask, joined in ask when threads at exit <= 1, joined == started
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/schedule.h"

enum { EXCHANGES = 3 };
enum { SLOW_ONES_ANSWER };

struct inquiry {
	char item[32];
	pthread_mutex_t lock;
	pthread_cond_t changed;
	long answer; /* guarded by lock; 0: there is room for one */
	long quantity;
};

static struct exchange {
	long price;
	bool slow;
	struct inquiry *inquiry;
	pthread_t thread;
} exchanges[EXCHANGES] = {{.price = 812}, {.price = 809, .slow = true}, {.price = 815, .slow = true}};

static pthread_mutex_t ended_lock = PTHREAD_MUTEX_INITIALIZER;
static int ended; /* threads that have; guarded by ended_lock */

/* Waits for room. */
static void put(struct inquiry *inquiry, long price)
{
	CHECK(pthread_mutex_lock(&inquiry->lock));
	/* Only take() makes room, and it is called once. */
	while (inquiry->answer)
		CHECK(pthread_cond_wait(&inquiry->changed, &inquiry->lock));
	inquiry->answer = price;
	CHECK(pthread_cond_broadcast(&inquiry->changed));
	CHECK(pthread_mutex_unlock(&inquiry->lock));
}

static long take(struct inquiry *inquiry)
{
	CHECK(pthread_mutex_lock(&inquiry->lock));
	while (!inquiry->answer)
		CHECK(pthread_cond_wait(&inquiry->changed, &inquiry->lock));
	long price = inquiry->answer;
	inquiry->answer = 0;
	CHECK(pthread_cond_broadcast(&inquiry->changed));
	CHECK(pthread_mutex_unlock(&inquiry->lock));
	return price;
}

static void *ask(void *arg)
{
	struct exchange *exchange = arg;
	long price = exchange->price * exchange->inquiry->quantity;

	if (exchange->slow)
		schedule_await(SLOW_ONES_ANSWER);
	put(exchange->inquiry, price);
	CHECK(pthread_mutex_lock(&ended_lock));
	ended++;
	CHECK(pthread_mutex_unlock(&ended_lock));
	return NULL;
}

static struct inquiry *inquiry_start(void)
{
	struct inquiry *inquiry = malloc(sizeof *inquiry);

	HAVE(inquiry);
	*inquiry = (struct inquiry){.item = "copper", .quantity = 10};
	CHECK(pthread_mutex_init(&inquiry->lock, NULL));
	CHECK(pthread_cond_init(&inquiry->changed, NULL));
	for (int i = 0; i < EXCHANGES; i++) {
		exchanges[i].inquiry = inquiry;
		NEED(pthread_create(&exchanges[i].thread, NULL, ask, &exchanges[i]));
		CHECK(pthread_detach(exchanges[i].thread));
	}
	return inquiry;
}

static void inquiry_end(struct inquiry *inquiry)
{
	free(inquiry);
}

int main(void)
{
	struct inquiry *inquiry = inquiry_start();
	long price = take(inquiry); /* and from here on the customer knows it */

	schedule_await_blocked();
	inquiry_end(inquiry);
	schedule_reached(SLOW_ONES_ANSWER);
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&ended_lock));
	int count = ended;
	CHECK(pthread_mutex_unlock(&ended_lock));
	return invariant(count == EXCHANGES, "price %ld, asked %d, ended %d", price, EXCHANGES, count);
}
