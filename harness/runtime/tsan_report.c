/*
 * Linked into every program that is built with ThreadSanitizer: hands the
 * runtime's reports to the harness as data.
 *
 * The runtime calls __tsan_on_report() for each report and __tsan_on_finalize()
 * at the program's end; the __tsan_get_report_*() functions, made for
 * debuggers, say what is in a report. Each process appends to a file of its
 * own, $LOOSE_REPORTS/tsan.PID, one line per fact (detectors/tsan_records.h
 * has the list). Addresses stay addresses: resolving them here would cost most
 * of a short run. Without LOOSE_REPORTS everything here does nothing.
 *
 * These functions run inside a program that is known to be wrong, at the point
 * where it goes wrong. They allocate nothing, take no lock, use no stdio, and
 * write with raw system calls, which the runtime does not intercept. The
 * runtime calls the report hook under a lock of its own, so one buffer is
 * enough for it.
 */
#define _GNU_SOURCE /* syscall(): the calls that the runtime does not see */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	HIGH_DESCRIPTOR = 700, /* out of the way of a program that counts its descriptors or closes low ones */
	REPORT_LIMIT = 1000,   /* a race in a loop fills no disk */
	TRACE_SIZE = 256,      /* as deep as the runtime's own stacks */
	LIST_LIMIT = 16,       /* accesses, stacks, mutexes, threads of one report */
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

static char path_prefix[4000]; /* "DIRECTORY/tsan."; empty: do nothing */
static char path[4096];	       /* of this process's file */
static long writer = -1;       /* the process that opened the descriptor; a forked child opens its own */
static int descriptor = -1;
static int reports;
static int begun;
static struct {
	char text[32768];
	size_t used;
} record;			/* of the report hook; the runtime's lock guards it */
static void *trace[TRACE_SIZE]; /* likewise */

/* The detector must not watch, and report, its own reporter. Only clang's runtime has these hooks. */
#ifdef __clang__
#define UNSEEN __attribute__((disable_sanitizer_instrumentation))
#else
#define UNSEEN
#endif

UNSEEN static void write_all(const char *text, size_t length)
{
	while (length) {
		long wrote = syscall(SYS_write, descriptor, text, length);
		if (wrote <= 0)
			return; /* the closing record will be missing too, and the harness tells */
		text += wrote;
		length -= (size_t)wrote;
	}
}

/* --- a line of text in the record --- */

UNSEEN static void put_text(const char *text)
{
	for (; *text; text++) {
		if (record.used == sizeof record.text) {
			write_all(record.text, record.used);
			record.used = 0;
		}
		record.text[record.used++] = *text;
	}
}

UNSEEN static const char *digits_of(uint64_t number, unsigned base, char room[32])
{
	char *at = room + 31;

	*at = '\0';
	do
		*--at = "0123456789abcdef"[number % base];
	while (number /= base);
	return at;
}

UNSEEN static void put_number(long number)
{
	char room[32];

	put_text(number < 0 ? " -" : " ");
	put_text(digits_of(number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 10, room));
}

UNSEEN static void put_address(uint64_t address)
{
	char room[32];

	put_text(" ");
	put_text(digits_of(address, 16, room));
}

/* " : PC PC ...", innermost first, then the end of the line. */
UNSEEN static void put_trace(void)
{
	put_text(" :");
	for (size_t i = 0; i < TRACE_SIZE && trace[i]; i++)
		put_address((uint64_t)(uintptr_t)trace[i]);
	put_text("\n");
}

/* The getters fill what they have and leave the rest. */
UNSEEN static void clear_trace(void)
{
	for (size_t i = 0; i < TRACE_SIZE; i++)
		trace[i] = NULL;
}

UNSEEN static void send_record(void)
{
	write_all(record.text, record.used);
	record.used = 0;
}

/* --- the file --- */

UNSEEN static void build_path(long pid)
{
	char room[32];
	size_t used = 0;

	for (const char *from = path_prefix; *from; from++)
		path[used++] = *from;
	for (const char *from = digits_of((uint64_t)pid, 10, room); *from; from++)
		path[used++] = *from;
	path[used] = '\0';
}

UNSEEN static int open_high(const char *name)
{
	long low = syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);

	if (low < 0)
		return -1;
	long high = syscall(SYS_fcntl, (int)low, F_DUPFD_CLOEXEC, HIGH_DESCRIPTOR);
	if (high < 0)
		return (int)low; /* the limit on descriptors is below: take what there is */
	syscall(SYS_close, (int)low);
	return (int)high;
}

/* What the addresses are to be resolved with. */
UNSEEN static void write_map(void)
{
	char chunk[MAP_CHUNK];
	long maps = syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC), got;

	write_all("maps\n", 5);
	while (maps >= 0 && (got = syscall(SYS_read, (int)maps, chunk, sizeof chunk)) > 0)
		write_all(chunk, (size_t)got);
	if (maps >= 0)
		syscall(SYS_close, (int)maps);
	write_all("end maps\n", 9);
}

/* The program may have closed the descriptor, and opened something else in its place. */
UNSEEN static int is_still_ours(void)
{
	struct stat held, named;

	return syscall(SYS_fstat, descriptor, &held) == 0 && syscall(SYS_newfstatat, AT_FDCWD, path, &named, 0) == 0 &&
	       held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

UNSEEN static void configure(void)
{
	static const char name[] = "/tsan.";
	const char *directory = getenv("LOOSE_REPORTS");
	size_t length = directory ? strlen(directory) : 0;

	begun = 1;
	if (length == 0 || directory[0] != '/' || length + sizeof name > sizeof path_prefix)
		return;
	memcpy(path_prefix, directory, length);
	memcpy(path_prefix + length, name, sizeof name);
}

/* Makes the descriptor this process's own; 0 when there is nowhere to write. */
UNSEEN static int ready(void)
{
	long pid = syscall(SYS_getpid);

	/* A process that ends in a library's constructor comes to no constructor of ours. */
	if (!begun)
		configure();
	if (!path_prefix[0])
		return 0;
	if (pid == writer && is_still_ours())
		return 1;
	if (pid != writer)
		build_path(pid);
	descriptor = open_high(path);
	if (descriptor < 0)
		return 0;
	if (pid == writer)
		return 1;
	writer = pid;
	record.used = 0; /* a fork may have copied half a record of the parent's */
	put_text("start");
	put_number(pid);
	put_number(syscall(SYS_getppid));
	put_text("\n");
	send_record();
	write_map();
	return 1;
}

/* Before the program's own constructors: those may start threads. */
__attribute__((constructor(101))) UNSEEN static void begin(void)
{
	ready();
}

/* --- the parts of a report --- */

UNSEEN static void put_mop(void *report, unsigned long index)
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

UNSEEN static void put_stack(void *report, unsigned long index)
{
	clear_trace();
	__tsan_get_report_stack(report, index, trace, TRACE_SIZE);
	put_text("stack");
	put_trace();
}

UNSEEN static void put_location(void *report, unsigned long index)
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

UNSEEN static void put_mutex(void *report, unsigned long index)
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

UNSEEN static void put_thread(void *report, unsigned long index)
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

UNSEEN static void put_tid(void *report, unsigned long index)
{
	int tid = -1;

	__tsan_get_report_unique_tid(report, index, &tid);
	put_text("tid");
	put_number(tid);
	put_text("\n");
}

UNSEEN static void put_each(void *report, int count, void (*put)(void *, unsigned long))
{
	for (int i = 0; i < count && i < LIST_LIMIT; i++)
		put(report, (unsigned long)i);
}

UNSEEN static void put_report(void *report)
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
	send_record();
}

/* The program goes on after this, and may look at errno. */
UNSEEN void __tsan_on_report(void *report)
{
	int error = errno;

	if (reports < REPORT_LIMIT && ready()) {
		reports++;
		put_report(report);
	}
	errno = error;
}

/* Whatever happened, the exit status stays the program's own: reports are read from the file. */
UNSEEN int __tsan_on_finalize(int failed)
{
	(void)failed;
	if (ready())
		write_all("closed\n", 7);
	return 0;
}
