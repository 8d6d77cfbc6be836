/*
 * A photo service makes small pictures of large ones. Four threads take them
 * from a queue, and in each a supervisor that tries three times and then sets a
 * picture aside. The store behind them is slow today, and one picture is damaged.
 *
 * Promise   at most 4 pictures are at work at once, and each of them is made or set aside.
 * Ends      holds: pictures 40, made 39, set aside 1, at once 4
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads <= 5, threads at exit <= 1, joined == started
 */
#include <errno.h>
#include <pthread.h>

#include "kit/check.h"
#include "kit/queue.h"
#include "kit/schedule.h"

enum { PICTURES = 40, DAMAGED = 7, WORKERS = 4, TRIES = 3 };
enum { STORE_UP, NEVER };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int at_work, at_once, made, set_aside; /* guarded by lock */

static struct queue album; /* pictures that wait */

static void begin(void)
{
	CHECK(pthread_mutex_lock(&lock));
	if (++at_work > at_once)
		at_once = at_work;
	CHECK(pthread_mutex_unlock(&lock));
}

static void end(int one_made, int one_set_aside)
{
	CHECK(pthread_mutex_lock(&lock));
	at_work--;
	made += one_made;
	set_aside += one_set_aside;
	CHECK(pthread_mutex_unlock(&lock));
}

/* Returns an error number. */
static int shrink(const int *picture)
{
	schedule_await(STORE_UP);
	return *picture == DAMAGED ? EILSEQ : 0;
}

/* Of one worker: one picture after the other. */
static void *supervise(void *arg)
{
	void *picture;

	while (queue_take(&album, &picture)) {
		int tries = 1, error;
		begin();
		while ((error = shrink(picture)) != 0 && tries < TRIES)
			tries++;
		end(!error, !!error);
	}
	return arg;
}

int main(void)
{
	static int pictures[PICTURES];
	pthread_t worker[WORKERS];

	queue_init(&album, PICTURES);
	for (int i = 0; i < WORKERS; i++)
		NEED(pthread_create(&worker[i], NULL, supervise, NULL));
	for (int i = 0; i < PICTURES; i++) {
		pictures[i] = i;
		REQUIRE(queue_put(&album, &pictures[i]));
	}
	schedule_await_blocked();
	schedule_reached(STORE_UP);
	queue_close(&album);
	for (int i = 0; i < WORKERS; i++)
		CHECK(pthread_join(worker[i], NULL));
	queue_destroy(&album);
	CHECK(pthread_mutex_lock(&lock));
	int done = made, aside = set_aside, most = at_once;
	CHECK(pthread_mutex_unlock(&lock));

	return invariant(done + aside == PICTURES && most <= WORKERS, "pictures %d, made %d, set aside %d, at once %d",
			 PICTURES, done, aside, most);
}
