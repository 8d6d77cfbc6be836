/*
 * The one place in the kit that needs more than POSIX. eventfd(2) keeps the
 * state in the kernel, where no detector looks for memory accesses, and
 * syscall(2) is the one way to reach it that ThreadSanitizer does not
 * intercept: its read() and write() of a descriptor are happens-before edges.
 */
#define _GNU_SOURCE /* syscall() */
#include "schedule.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

static int points[SCHEDULE_POINTS];

/* Before main(), and before the constructors of a program that starts a thread there: no thread sees it being made. */
__attribute__((constructor(101))) static void schedule_make(void)
{
	for (int i = 0; i < SCHEDULE_POINTS; i++) {
		points[i] = (int)syscall(SYS_eventfd2, 0, 0);
		REQUIRE(points[i] >= 0);
	}
}

static void add(int point, uint64_t amount)
{
	REQUIRE(syscall(SYS_write, points[point], &amount, sizeof amount) == (long)sizeof amount);
}

void schedule_reached(int point)
{
	add(point, 1);
}

void schedule_await(int point)
{
	/* Polled, not read: a read would take the event away from the next who waits. */
	struct pollfd event = {.fd = points[point], .events = POLLIN};
	long ready;

	do
		ready = syscall(SYS_ppoll, &event, 1, NULL, NULL, 0);
	while (ready < 0 && errno == EINTR);
	REQUIRE(ready == 1);
}

void schedule_leaving(int point)
{
	/* The thread's number travels as the event's count: no memory is shared. */
	add(point, (uint64_t)syscall(SYS_gettid));
}

void schedule_await_gone(int point)
{
	uint64_t thread;

	REQUIRE(syscall(SYS_read, points[point], &thread, sizeof thread) == (long)sizeof thread);
	/* The kernel has no event for this end short of a join: ask again until it knows no such thread. */
	while (syscall(SYS_tgkill, getpid(), (pid_t)thread, 0) == 0)
		sched_yield();
	REQUIRE(errno == ESRCH);
}
