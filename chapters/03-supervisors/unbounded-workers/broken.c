/*
 * A photo service makes small pictures of large ones. Each picture has a thread
 * of its own, and in it a supervisor that tries until the picture is made. The
 * store behind them is slow today, and one picture is damaged.
 *
 * Promise   at most 4 pictures are at work at once, and each of them is made or set aside.
 * Ends      broken: pictures 40, made 39, set aside 0, at once 40
 * tsan      blind  each access is in order, and it does not count threads
 * helgrind  blind  each access is in order, and it does not count threads
 * drd       blind  each access is in order, and it does not count threads
 * memcheck  blind  a thread that waits for ever keeps its memory, and uses it rightly
 * budget    fires  threads in supervise, threads-at-exit in supervise, joined in supervise
 *                  when threads <= 5, threads at exit <= 1, joined == started
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

/* Of one picture. */
static void *supervise(void *picture)
{
	int tries = 1;

	begin();
	while (shrink(picture) != 0)
		/* A damaged picture stays damaged. This thread tries as long as the process lives. */
		if (++tries > TRIES)
			schedule_await(NEVER);
	end(1, 0);
	return NULL;
}

int main(void)
{
	static int pictures[PICTURES];
	pthread_t worker;

	for (int i = 0; i < PICTURES; i++) {
		pictures[i] = i;
		NEED(pthread_create(&worker, NULL, supervise, &pictures[i]));
		CHECK(pthread_detach(worker));
	}
	schedule_await_blocked();
	schedule_reached(STORE_UP);
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&lock));
	int done = made, aside = set_aside, most = at_once;
	CHECK(pthread_mutex_unlock(&lock));

	return invariant(done + aside == PICTURES && most <= WORKERS, "pictures %d, made %d, set aside %d, at once %d",
			 PICTURES, done, aside, most);
}
