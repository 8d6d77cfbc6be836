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
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

/* Behind the program's points are four of our own. */
enum { IS_HELD = SCHEDULE_POINTS, MAY_GO, TURN, INTERRUPTED, POINTS };

static int points[POINTS];

/* Before main(), and before the constructors of a program that starts a thread there: no thread sees it being made. */
__attribute__((constructor(101))) static void schedule_make(void)
{
	for (int i = 0; i < POINTS; i++) {
		points[i] = (int)syscall(SYS_eventfd2, 0, i == MAY_GO ? EFD_SEMAPHORE : 0); /* each goes by itself */
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

/*
 * A thread that sleeps for no longer than a NAP polls: it will wake by itself, look around, and perhaps do something. It
 * is given as many LOOKS. Longer is a wait: what it is for is the program's own time, and that is not to pass here.
 */
enum { NAP = 20000000 /* ns */, LOOKS = 20, MOST_NAPS = 64 };

/* Those who take a nap, and how often they have run by then. */
struct naps {
	int count;
	struct nap {
		long thread;
		unsigned long long runs;
	} naps[MOST_NAPS];
};

/* What another thread has on its stack: the kernel reads it, or no longer finds it. */
static bool read_time(unsigned long long address, struct timespec *time)
{
	struct iovec to = {.iov_base = time, .iov_len = sizeof *time};
	struct iovec from = {.iov_base = (void *)(uintptr_t)address, .iov_len = sizeof *time};

	return address && syscall(SYS_process_vm_readv, getpid(), &to, 1L, &from, 1L, 0L) == (long)sizeof *time;
}

static bool is_nap(unsigned long long address, bool until, clockid_t clock)
{
	struct timespec time, now = {0};

	if (!read_time(address, &time))
		return false;
	if (until)
		syscall(SYS_clock_gettime, clock, &now);
	return (time.tv_sec - now.tv_sec) * 1000000000LL + time.tv_nsec - now.tv_nsec <= NAP;
}

static bool is_nap_of(unsigned long long milliseconds)
{
	return (int)milliseconds > 0 && (int)milliseconds * 1000000LL <= NAP;
}

/* As the kernel tells what a thread waits in: the number of the call, and what it was called with. */
static bool naps(const char *text)
{
	unsigned long long with[5];
	long call;

	if (sscanf(text, "%ld %llx %llx %llx %llx %llx", &call, &with[0], &with[1], &with[2], &with[3], &with[4]) != 6)
		return false;
	switch (call) {
	case SYS_nanosleep:
		return is_nap(with[0], false, 0);
	case SYS_clock_nanosleep:
		return is_nap(with[2], with[1] & TIMER_ABSTIME, (clockid_t)with[0]);
	case SYS_futex:
		return is_nap(with[3], (with[1] & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET,
			      with[1] & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC);
	case SYS_ppoll:
		return is_nap(with[2], false, 0);
	case SYS_pselect6:
		return is_nap(with[4], false, 0);
	case SYS_epoll_pwait:
#ifdef SYS_epoll_wait /* not on newer architectures, nor the next */
	case SYS_epoll_wait:
#endif
		return is_nap_of(with[3]);
#ifdef SYS_poll
	case SYS_poll:
		return is_nap_of(with[2]);
#endif
	}
	return false;
}

/*
 * Whether the thread waits; adds how often it has run to *runs, and to the list if it takes a nap. One that has gone since
 * it was listed does not wait.
 */
static bool waits(int tasks, const char *thread, unsigned long long *runs, struct naps *list)
{
	unsigned long long before = *runs;
	char path[64], text[4096];

	snprintf(path, sizeof path, "%s/status", thread);
	read_file(tasks, path, text, sizeof text);
	if (is_called(text, awaits))
		return true;
	const char *state = strstr(text, "State:\t"), *switches = text;
	bool monitor = is_monitor(text);
	while (!monitor && (switches = strstr(switches, "ctxt_switches:\t"))) {
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
	if (strncmp(text, "running", strlen("running")) == 0)
		return false;
	if (!monitor && list->count < MOST_NAPS && naps(text))
		list->naps[list->count++] = (struct nap){.thread = atol(thread), .runs = *runs - before};
	return true;
}

/* Whether all threads but this one wait at the moment; *runs is another once one of them has run, come or gone. */
static bool others_wait(unsigned long long *runs, struct naps *naps)
{
	char entries[4096];
	struct entry entry;
	long tasks = syscall(SYS_openat, AT_FDCWD, "/proc/self/task", O_RDONLY | O_DIRECTORY), got;
	long self = syscall(SYS_gettid);
	bool all = true;

	HAVE(tasks >= 0);
	*runs = 0;
	naps->count = 0;
	while ((got = syscall(SYS_getdents64, tasks, entries, sizeof entries)) > 0)
		for (long at = 0; at < got; at += entry.length) {
			const char *name = entries + at + offsetof(struct entry, name);
			memcpy(&entry, entries + at, offsetof(struct entry, name));
			if (name[0] == '.' || atol(name) == self)
				continue;
			/* Who they are counts too: else one that ends could make up for another that has run. */
			*runs = *runs * 1000003 + (unsigned long long)atol(name);
			all = waits((int)tasks, name, runs, naps) && all;
		}
	syscall(SYS_close, tasks);
	return all;
}

/* Until every other thread waits; those that take a nap are listed. */
static void await_all(struct naps *naps)
{
	unsigned long long before, runs = 0;
	bool all = false, again;

	/* Twice, with nobody having run in between: one may wake another that has been looked at, and then wait. */
	do {
		sched_yield();
		again = all;
		before = runs;
		all = others_wait(&runs, naps);
	} while (!all || !again || runs != before);
}

static bool includes(const struct naps *naps, const struct nap *nap)
{
	for (int i = 0; i < naps->count; i++)
		if (naps->naps[i].thread == nap->thread && naps->naps[i].runs == nap->runs)
			return true;
	return false;
}

/* Until each of these naps is over. */
static void await_wakers(const struct naps *naps)
{
	unsigned long long runs;
	struct naps now;
	bool sleeps;

	do {
		sched_yield();
		others_wait(&runs, &now);
		sleeps = false;
		for (int i = 0; i < naps->count; i++)
			sleeps = sleeps || includes(&now, &naps->naps[i]);
	} while (sleeps);
}

void schedule_await_others(void)
{
	struct naps naps;

	await_all(&naps);
	for (int i = 0; i < LOOKS && naps.count > 0; i++) {
		await_wakers(&naps);
		await_all(&naps);
	}
}

void schedule_await_blocked(void)
{
	char name[16];

	syscall(SYS_prctl, PR_GET_NAME, name, 0, 0, 0);
	syscall(SYS_prctl, PR_SET_NAME, awaits, 0, 0, 0);
	schedule_await_others();
	syscall(SYS_prctl, PR_SET_NAME, name, 0, 0, 0);
}

void schedule_note_interrupt(void)
{
	add(INTERRUPTED, 1);
}

bool schedule_was_interrupted(void)
{
	struct pollfd event = {.fd = event_of(INTERRUPTED), .events = POLLIN};
	struct timespec at_once = {0};

	return syscall(SYS_ppoll, &event, 1, &at_once, NULL, 0) == 1;
}

void schedule_await_turn(void)
{
	take(TURN);
}

void schedule_give_turn(void)
{
	add(TURN, 1);
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

static unsigned held; /* threads; of the one that holds them */

void schedule_hold(pthread_t thread)
{
	struct sigaction action = {.sa_handler = stay, .sa_flags = SA_RESTART};

	sigemptyset(&action.sa_mask);
	HAVE(sigaction(SIGUSR2, &action, NULL) == 0);
	CHECK(pthread_kill(thread, SIGUSR2));
	take(IS_HELD);
	held++;
}

void schedule_let_go(void)
{
	add(MAY_GO, held);
	held = 0;
}
