/* The kit's queue: what its header says of waiting with a limit, and of not waiting; and deadline.h's odd input. */
#include <criterion/criterion.h>

#include "kit/deadline.h"
#include "kit/queue.h"

static struct queue queue;
static int one, two;

static void make(void)
{
	queue_init(&queue, 1);
}

static void take_down(void)
{
	queue_destroy(&queue);
}

TestSuite(queue, .init = make, .fini = take_down);

Test(queue, poll_takes_what_is_there_and_never_waits, .timeout = 30)
{
	void *item = &two;

	cr_expect_not(queue_poll(&queue, &item));
	cr_expect_eq(item, &two, "nothing was taken, and the item is another one");
	cr_assert(queue_put(&queue, &one));
	cr_expect(queue_poll(&queue, &item));
	cr_expect_eq(item, &one);
	queue_close(&queue);
	cr_expect_not(queue_poll(&queue, &item));
}

Test(queue, waits_end_at_the_point_in_time, .timeout = 30)
{
	struct timespec end = deadline_in(5);
	void *item;

	cr_expect_eq(queue_take_until(&queue, &item, &end), QUEUE_TOO_LATE);
	cr_expect_eq(queue_put_until(&queue, &one, &end), QUEUE_DONE, "there is room: no wait is needed");
	cr_expect_eq(queue_put_until(&queue, &two, &end), QUEUE_TOO_LATE);
	cr_expect_eq(queue_take_until(&queue, &item, &end), QUEUE_DONE, "there is one: no wait is needed");
	cr_expect_eq(item, &one);
}

Test(queue, a_closed_one_is_told_from_a_late_one, .timeout = 30)
{
	struct timespec end = deadline_in(60000);
	void *item;

	cr_assert(queue_put(&queue, &one));
	queue_close(&queue);
	cr_expect_eq(queue_put_until(&queue, &two, &end), QUEUE_CLOSED);
	cr_expect_eq(queue_take_until(&queue, &item, &end), QUEUE_DONE);
	cr_expect_eq(queue_take_until(&queue, &item, &end), QUEUE_CLOSED);
}

Test(deadline, a_negative_length_is_now)
{
	struct timespec before, late, after;

	clock_gettime(CLOCK_MONOTONIC, &before);
	late = deadline_in(-1700);
	clock_gettime(CLOCK_MONOTONIC, &after);
	cr_expect(late.tv_nsec >= 0 && late.tv_nsec < 1000000000, "%ld ns are no part of a second", late.tv_nsec);
	cr_expect(late.tv_sec > before.tv_sec || (late.tv_sec == before.tv_sec && late.tv_nsec >= before.tv_nsec));
	cr_expect(late.tv_sec < after.tv_sec || (late.tv_sec == after.tv_sec && late.tv_nsec <= after.tv_nsec));
}
