/*
 * The one place in the kit that needs more than POSIX. eventfd(2) keeps the
 * state in the kernel, where no detector looks for memory accesses, and
 * syscall(2) is the one way to reach it that ThreadSanitizer does not
 * intercept: its read() and write() of a descriptor are happens-before edges.
 * What the threads of this process do is read from Linux's /proc, in the same way.
 */
#define _GNU_SOURCE /* syscall() */
#include "schedule.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

/* Behind the program's points are two of our own. */
enum { IS_HELD = SCHEDULE_POINTS, MAY_GO, POINTS };

static int points[POINTS];

/* Before main(), and before the constructors of a program that starts a thread there: no thread sees it being made. */
__attribute__((constructor(101))) static void schedule_make(void)
{
	for (int i = 0; i < POINTS; i++) {
		points[i] = (int)syscall(SYS_eventfd2, 0, 0);
		HAVE(points[i] >= 0);
	}
}

/* The point's descriptor. */
static int event_of(int point)
{
	REQUIRE(point >= 0 && point < POINTS);
	return points[point];
}

static void add(int point, uint64_t amount)
{
	int event = event_of(point);
	long written;

	do
		written = syscall(SYS_write, event, &amount, sizeof amount);
	while (written < 0 && errno == EINTR);
	REQUIRE(written == (long)sizeof amount);
}

/* Waits until something was added, and takes it away. */
static uint64_t take(int point)
{
	int event = event_of(point);
	uint64_t amount;
	long got;

	do
		got = syscall(SYS_read, event, &amount, sizeof amount);
	while (got < 0 && errno == EINTR);
	REQUIRE(got == (long)sizeof amount);
	return amount;
}

void schedule_reached(int point)
{
	add(point, 1);
}

void schedule_await(int point)
{
	/* Polled, not read: a read would take the event away from the next who waits. */
	struct pollfd event = {.fd = event_of(point), .events = POLLIN};
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
	uint64_t thread = take(point);

	/* The kernel has no event for this end short of a join: ask again until it knows no such thread. */
	while (syscall(SYS_tgkill, getpid(), (pid_t)thread, 0) == 0)
		sched_yield();
	REQUIRE(errno == ESRCH);
}

/* As the kernel lays out what SYS_getdents64 returns; no C library declares it. */
struct entry {
	uint64_t inode, next;
	unsigned short length;
	unsigned char type;
	char name[];
};

/* What is in a file below the directory; empty when the thread has gone meanwhile, or the kernel has no such file. */
static void read_file(int directory, const char *path, char *text, size_t size)
{
	long file, got = 0;

	do
		file = syscall(SYS_openat, directory, path, O_RDONLY);
	while (file < 0 && errno == EINTR);
	if (file >= 0) {
		do
			got = syscall(SYS_read, file, text, size - 1);
		while (got < 0 && errno == EINTR);
		syscall(SYS_close, file);
	} else {
		HAVE(errno != EMFILE && errno != ENFILE); /* else nobody could be looked at, for ever */
	}
	text[got > 0 ? got : 0] = '\0';
}

static bool is_called(const char *status, const char *name)
{
	static const char before[] = "Name:\t";
	size_t length = strlen(name);

	return strncmp(status, before, sizeof before - 1) == 0 &&
	       strncmp(status + sizeof before - 1, name, length) == 0 && status[sizeof before - 1 + length] == '\n';
}

/* The leak budget's monitor measures at its own pace, not for the program: how often it runs says nothing. */
static bool is_monitor(const char *status)
{
	return is_called(status, "loose-monitor");
}

/* What a thread is called while it is in schedule_await_blocked(). */
static const char awaits[] = "awaits-blocked";

/* Whether the thread waits; adds how often it has run to *runs. One that has gone since it was listed does not wait. */
static bool waits(int tasks, const char *thread, unsigned long long *runs)
{
	char path[64], text[4096];

	snprintf(path, sizeof path, "%s/status", thread);
	read_file(tasks, path, text, sizeof text);
	if (is_called(text, awaits))
		return true;
	const char *state = strstr(text, "State:\t"), *switches = text;
	while (!is_monitor(text) && (switches = strstr(switches, "ctxt_switches:\t"))) {
		switches += strlen("ctxt_switches:\t");
		*runs += strtoull(switches, NULL, 10);
	}
	/*
	 * D is the kernel at work for it: on its memory, a new thread's stack for one. X is its last moment, when it
	 * has woken who joins it. Both pass by themselves. So does the monitor's work, for which a thread may wait.
	 */
	if (!state || strchr("RTDX", state[strlen("State:\t")]))
		return false;
	/* It is about to wait, and may yet be woken, until the kernel has taken it off its processor. */
	snprintf(path, sizeof path, "%s/syscall", thread);
	read_file(tasks, path, text, sizeof text);
	return strncmp(text, "running", strlen("running")) != 0;
}

/* Whether all threads but this one wait at the moment; *runs is another once one of them has run, come or gone. */
static bool others_wait(unsigned long long *runs)
{
	char entries[4096];
	struct entry entry;
	long tasks = syscall(SYS_openat, AT_FDCWD, "/proc/self/task", O_RDONLY | O_DIRECTORY), got;
	long self = syscall(SYS_gettid);
	bool all = true;

	HAVE(tasks >= 0);
	*runs = 0;
	while ((got = syscall(SYS_getdents64, tasks, entries, sizeof entries)) > 0)
		for (long at = 0; at < got; at += entry.length) {
			const char *name = entries + at + offsetof(struct entry, name);
			memcpy(&entry, entries + at, offsetof(struct entry, name));
			if (name[0] == '.' || atol(name) == self)
				continue;
			/* Who they are counts too: else one that ends could make up for another that has run. */
			*runs = *runs * 1000003 + (unsigned long long)atol(name);
			all = waits((int)tasks, name, runs) && all;
		}
	syscall(SYS_close, tasks);
	return all;
}

void schedule_await_others(void)
{
	unsigned long long before, runs = 0;
	bool all = false, again;

	/* Twice, with nobody having run in between: one may wake another that has been looked at, and then wait. */
	do {
		sched_yield();
		again = all;
		before = runs;
		all = others_wait(&runs);
	} while (!all || !again || runs != before);
}

void schedule_await_blocked(void)
{
	char name[16];

	syscall(SYS_prctl, PR_GET_NAME, name, 0, 0, 0);
	syscall(SYS_prctl, PR_SET_NAME, awaits, 0, 0, 0);
	schedule_await_others();
	syscall(SYS_prctl, PR_SET_NAME, name, 0, 0, 0);
}

/* In the thread that is held, in the middle of whatever it waits for. */
static void stay(int number)
{
	int error = errno;

	(void)number;
	add(IS_HELD, 1);
	take(MAY_GO);
	errno = error;
}

void schedule_hold(pthread_t thread)
{
	struct sigaction action = {.sa_handler = stay, .sa_flags = SA_RESTART};

	sigemptyset(&action.sa_mask);
	HAVE(sigaction(SIGUSR2, &action, NULL) == 0);
	CHECK(pthread_kill(thread, SIGUSR2));
	take(IS_HELD);
}

void schedule_let_go(void)
{
	add(MAY_GO, 1);
}
