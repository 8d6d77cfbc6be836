/*
 * Linked into every program that is built with ThreadSanitizer: hands the
 * runtime's reports to the harness as data.
 *
 * The runtime calls __tsan_on_report() for each report and __tsan_on_finalize()
 * at the program's end; the __tsan_get_report_*() functions, made for
 * debuggers, say what is in a report. Each process sends a stream of its own
 * through the channel, one line per fact (detectors/tsan/tsan_records.h has the
 * list). Addresses stay addresses: resolving them here would cost most of a
 * short run. Where no harness listens everything here does nothing.
 *
 * These functions run inside a program that is known to be wrong, at the point
 * where it goes wrong. They allocate nothing, take no lock, use no stdio, and
 * make their system calls themselves, which the runtime does not intercept. The
 * runtime calls the report hook under a lock of its own, so one sender is enough
 * for it. This file is built without ThreadSanitizer: the detector must not
 * watch, and report, its own reporter.
 */
#define _GNU_SOURCE /* what ../runtime/raw.h and sender.h need */
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/raw.h"
#include "runtime/sender.h"

enum {
	REPORT_LIMIT = 1000, /* a race in a loop fills no disk */
	TRACE_SIZE = 256,    /* as deep as the runtime's own stacks */
	LIST_LIMIT = 16,     /* accesses, stacks, mutexes, threads of one report */
	MAP_CHUNK = 4096,
};

/* The runtime's side. As its tsan_debugging.cpp and LLDB have them, the same in clang 14 and 19. */
int __tsan_get_report_data(void *report, const char **description, int *count, int *stack_count, int *mop_count,
			   int *loc_count, int *mutex_count, int *thread_count, int *unique_tid_count,
			   void **sleep_trace, unsigned long trace_size);
int __tsan_get_report_stack(void *report, unsigned long index, void **trace, unsigned long trace_size);
int __tsan_get_report_mop(void *report, unsigned long index, int *tid, void **address, int *size, int *write,
			  int *atomic, void **trace, unsigned long trace_size);
int __tsan_get_report_loc(void *report, unsigned long index, const char **type, void **address, unsigned long *start,
			  unsigned long *size, int *tid, int *fd, int *suppressable, void **trace,
			  unsigned long trace_size);
int __tsan_get_report_mutex(void *report, unsigned long index, uint64_t *mutex_id, void **address, int *destroyed,
			    void **trace, unsigned long trace_size);
int __tsan_get_report_thread(void *report, unsigned long index, int *tid, uint64_t *os_id, int *running,
			     const char **name, int *parent_tid, void **trace, unsigned long trace_size);
int __tsan_get_report_unique_tid(void *report, unsigned long index, int *tid);

void __tsan_on_report(void *report);
int __tsan_on_finalize(int failed);

static bool begun;
static struct sender sender;	/* of the report hook; the runtime's lock guards it */
static void *trace[TRACE_SIZE]; /* likewise */
static int reports;

static void put_text(const char *text)
{
	sender_put(&sender, text);
}

static void put_number(long number)
{
	sender_put_number(&sender, number);
}

static void put_address(uint64_t address)
{
	sender_put_address(&sender, address);
}

/* " : PC PC ...", innermost first, then the end of the line. */
static void put_trace(void)
{
	put_text(" :");
	for (size_t i = 0; i < TRACE_SIZE && trace[i]; i++)
		put_address((uint64_t)(uintptr_t)trace[i]);
	put_text("\n");
}

/* The getters fill what they have and leave the rest. */
static void clear_trace(void)
{
	for (size_t i = 0; i < TRACE_SIZE; i++)
		trace[i] = NULL;
}

/* What the addresses are to be resolved with. */
static void put_map(void)
{
	char chunk[MAP_CHUNK];
	long maps = sender_open_file("/proc/self/maps"), got;

	put_text("maps\n");
	while (maps >= 0 && (got = RAW(read, maps, chunk, sizeof chunk)) > 0)
		sender_put_bytes(&sender, chunk, (size_t)got);
	if (maps >= 0)
		RAW(close, maps);
	put_text("end maps\n");
}

static void begin_stream(void)
{
	put_text("start");
	put_number(RAW(getpid));
	put_number(RAW(getppid));
	put_text("\n");
	put_map();
	sender_flush(&sender);
}

/* False where nobody listens. A forked child begins a stream of its own. */
static bool ready(void)
{
	/* A process that ends in a library's constructor comes to no constructor of ours. */
	if (!begun) {
		begun = true;
		if (sender_open(&sender, CHANNEL_TSAN))
			begin_stream();
	} else if (sender_is_new(&sender)) {
		begin_stream();
	}
	return sender.open;
}

/* --- the parts of a report --- */

static void put_mop(void *report, unsigned long index)
{
	int tid = -1, size = 0, is_write = 0, is_atomic = 0;
	void *address = NULL;

	clear_trace();
	__tsan_get_report_mop(report, index, &tid, &address, &size, &is_write, &is_atomic, trace, TRACE_SIZE);
	put_text("mop");
	put_number(tid);
	put_address((uint64_t)(uintptr_t)address);
	put_number(size);
	put_number(is_write);
	put_number(is_atomic);
	put_trace();
}

static void put_stack(void *report, unsigned long index)
{
	clear_trace();
	__tsan_get_report_stack(report, index, trace, TRACE_SIZE);
	put_text("stack");
	put_trace();
}

static void put_location(void *report, unsigned long index)
{
	const char *type = "?";
	int tid = -1, fd = -1, suppressable = 0;
	unsigned long start = 0, size = 0;
	void *address = NULL;

	clear_trace();
	__tsan_get_report_loc(report, index, &type, &address, &start, &size, &tid, &fd, &suppressable, trace,
			      TRACE_SIZE);
	put_text("loc ");
	put_text(type);
	put_address((uint64_t)(uintptr_t)address);
	put_address(start);
	put_number((long)size);
	put_number(tid);
	put_number(fd);
	put_trace();
}

static void put_mutex(void *report, unsigned long index)
{
	uint64_t id = 0;
	void *address = NULL;
	int destroyed = 0;

	clear_trace();
	__tsan_get_report_mutex(report, index, &id, &address, &destroyed, trace, TRACE_SIZE);
	put_text("mutex");
	put_address((uint64_t)(uintptr_t)address);
	put_number(destroyed);
	put_trace();
}

static void put_thread(void *report, unsigned long index)
{
	int tid = -1, running = 0, parent = -1;
	uint64_t os_id = 0; /* wide enough for both of the types that it has had */
	const char *name = NULL;

	clear_trace();
	__tsan_get_report_thread(report, index, &tid, &os_id, &running, &name, &parent, trace, TRACE_SIZE);
	put_text("thread");
	put_number(tid);
	put_number(parent);
	put_number(running);
	put_trace();
}

static void put_tid(void *report, unsigned long index)
{
	int tid = -1;

	__tsan_get_report_unique_tid(report, index, &tid);
	put_text("tid");
	put_number(tid);
	put_text("\n");
}

static void put_each(void *report, int count, void (*put)(void *, unsigned long))
{
	for (int i = 0; i < count && i < LIST_LIMIT; i++)
		put(report, (unsigned long)i);
}

static void put_report(void *report)
{
	const char *kind = "?";
	int count, stacks = 0, mops = 0, locations = 0, mutexes = 0, threads = 0, tids = 0;

	clear_trace();
	__tsan_get_report_data(report, &kind, &count, &stacks, &mops, &locations, &mutexes, &threads, &tids, trace,
			       TRACE_SIZE);
	put_text("report ");
	put_text(kind);
	put_text("\n");
	if (trace[0]) {
		put_text("sleep");
		put_trace();
	}
	put_each(report, mops, put_mop);
	put_each(report, stacks, put_stack);
	put_each(report, locations, put_location);
	put_each(report, mutexes, put_mutex);
	put_each(report, threads, put_thread);
	put_each(report, tids, put_tid);
	put_text("end report\n");
	sender_flush(&sender);
}

/* --- threads that are not leaked --- */

static long first;	   /* the process that began; another one is forked from it */
static bool main_has_left; /* by pthread_exit() */

/*
 * A forked child has a copy of the runtime's list of threads, and only one of the threads: at its end the runtime calls
 * the others leaked. They are the parent's, who may join them. Theirs are the older thread numbers.
 */
static bool is_parents_thread(void *report)
{
	int tid = -1, running = 0, parent = -1;
	uint64_t os_id = 0;
	const char *name = NULL;
	long process = RAW(getpid);

	if (process == first)
		return false;
	clear_trace();
	__tsan_get_report_thread(report, 0, &tid, &os_id, &running, &name, &parent, trace, TRACE_SIZE);
	return os_id < (uint64_t)process;
}

static bool is_no_leak(void *report)
{
	const char *kind = "", *expected = "thread-leak";
	int count, stacks, mops, locations, mutexes, threads, tids;
	void *sleep[1] = {NULL};

	__tsan_get_report_data(report, &kind, &count, &stacks, &mops, &locations, &mutexes, &threads, &tids, sleep, 1);
	while (*expected && *kind == *expected)
		kind++, expected++;
	return !*expected && !*kind && (main_has_left || is_parents_thread(report));
}

/*
 * main() may end by pthread_exit(): then the process ends with its last thread, as if by exit(0). Under ThreadSanitizer
 * it would not, for the runtime has a thread of its own that never ends. So a thread of ours waits until there is none
 * but main's, which is dead, the runtime's, and itself, and calls exit(). That main() leaves the others behind is how it
 * waits for them: they are not leaks.
 */
enum { NOT_THE_PROGRAMS = 3 };

static int count_tasks(void)
{
	char entries[4096];
	long tasks = sender_open_file("/proc/self/task"), got;
	int count = 0;

	while (tasks >= 0 && (got = RAW(getdents64, tasks, entries, sizeof entries)) > 0)
		for (long at = 0; at < got;) {
			uint16_t length; /* of the entry: after its number and offset, before its type and name */
			__builtin_memcpy(&length, entries + at + 16, sizeof length);
			count += entries[at + 19] != '.';
			at += length;
		}
	if (tasks >= 0)
		RAW(close, tasks);
	return count;
}

static void *end_with_last(void *unused)
{
	const struct timespec pause = {.tv_nsec = 2000000};

	(void)unused;
	while (count_tasks() > NOT_THE_PROGRAMS)
		RAW(nanosleep, &pause, NULL);
	exit(0);
}

static pthread_key_t main_key;

/* A thread's keys are destroyed in rounds; this is to be the last of main's. */
static void on_main_left(void *round)
{
	pthread_attr_t detached;
	pthread_t thread;

	if ((uintptr_t)round < PTHREAD_DESTRUCTOR_ITERATIONS) {
		pthread_setspecific(main_key, (void *)((uintptr_t)round + 1));
		return;
	}
	main_has_left = true;
	if (pthread_attr_init(&detached) != 0)
		return;
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	pthread_create(&thread, &detached, end_with_last, NULL);
	pthread_attr_destroy(&detached);
}

void __tsan_on_report(void *report)
{
	if (reports < REPORT_LIMIT && ready()) {
		reports++;
		if (!is_no_leak(report)) {
			put_report(report);
			return;
		}
		/* What the runtime prints is counted, so there has to be a line for it. */
		put_text("no-leak\n");
		sender_flush(&sender);
	}
}

/* Before the program's own constructors: those may start threads. */
__attribute__((constructor(101))) static void begin(void)
{
	if (!ready())
		return;
	first = RAW(getpid);
	if (pthread_key_create(&main_key, on_main_left) == 0)
		pthread_setspecific(main_key, (void *)(uintptr_t)1);
}

/* Whatever happened, the exit status stays the program's own: reports are read, not guessed from it. */
int __tsan_on_finalize(int failed)
{
	(void)failed;
	if (ready()) {
		put_text("closed\n");
		sender_flush(&sender);
	}
	return 0;
}
