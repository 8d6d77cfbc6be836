/* What schedule_await_blocked() takes for a wait, and what for a moment between two looks. */
#include "kit/schedule.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <time.h>

#include "kit/check.h"

enum { MOMENT = 5000000 /* ns */, STEPS = 6 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int step; /* guarded by lock; an even one is a thread's, an odd one the other's */

/* Looks now and then whether the other has made a step, and makes the next. */
static void *step_in_turn(void *first)
{
	struct timespec moment = {.tv_nsec = MOMENT};

	for (bool over = false; !over; nanosleep(&moment, NULL)) {
		CHECK(pthread_mutex_lock(&lock));
		if (step > 0 && step < STEPS && step % 2 == (first != NULL))
			step++;
		over = step == STEPS;
		CHECK(pthread_mutex_unlock(&lock));
	}
	return NULL;
}

static int step_now(void)
{
	CHECK(pthread_mutex_lock(&lock));
	int now = step;
	CHECK(pthread_mutex_unlock(&lock));
	return now;
}

Test(schedule, gives_those_who_poll_their_time, .timeout = 60)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		CHECK(pthread_create(&threads[i], NULL, step_in_turn, i ? threads : NULL));
	schedule_await_blocked(); /* comes to an end, although they never do */
	cr_assert_eq(step_now(), 0);
	CHECK(pthread_mutex_lock(&lock));
	step = 1;
	CHECK(pthread_mutex_unlock(&lock));
	schedule_await_blocked();
	cr_assert_eq(step_now(), STEPS);
	for (int i = 0; i < 2; i++)
		CHECK(pthread_join(threads[i], NULL));
}

enum { MAY_END };

static void *sleep_long(void *arg)
{
	struct timespec day = {.tv_sec = 86400};

	nanosleep(&day, NULL);
	return arg;
}

static void *await_word(void *arg)
{
	schedule_await(MAY_END);
	return arg;
}

Test(schedule, takes_a_long_sleep_for_a_wait, .timeout = 60)
{
	pthread_t sleeper, waiter;

	CHECK(pthread_create(&sleeper, NULL, sleep_long, NULL));
	CHECK(pthread_create(&waiter, NULL, await_word, NULL));
	schedule_await_blocked();
	schedule_reached(MAY_END);
	CHECK(pthread_join(waiter, NULL));
	CHECK(pthread_cancel(sleeper));
	CHECK(pthread_join(sleeper, NULL));
}

enum { FIRST, SECOND, BOTH };

static void *await_and_tell(void *number)
{
	schedule_await(number ? SECOND : FIRST);
	CHECK(pthread_mutex_lock(&lock));
	step++;
	CHECK(pthread_mutex_unlock(&lock));
	return NULL;
}

Test(schedule, holds_several_and_lets_them_go, .timeout = 60)
{
	pthread_t threads[BOTH];

	for (int i = 0; i < BOTH; i++)
		CHECK(pthread_create(&threads[i], NULL, await_and_tell, i ? threads : NULL));
	schedule_await_blocked();
	for (int i = 0; i < BOTH; i++)
		schedule_hold(threads[i]);
	schedule_reached(FIRST);
	schedule_reached(SECOND);
	schedule_await_blocked();
	cr_assert_eq(step_now(), 0);
	schedule_let_go();
	for (int i = 0; i < BOTH; i++)
		CHECK(pthread_join(threads[i], NULL));
	cr_assert_eq(step_now(), BOTH);
}
