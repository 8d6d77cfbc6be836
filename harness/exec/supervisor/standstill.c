/* Whether a program can still go on. See standstill.h. */
#define _GNU_SOURCE /* the numbers of Linux's system calls */
#include "standstill.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { TEXT = 4096, SIMULATOR = 16 /* signals that are caught */, RUNTIMES = 64, SIGHTINGS = 3 };

/* What one thread does. */
enum doing { RUNS, SLEEPS, WAITS_OUTSIDE, WAITS_INSIDE };

struct look {
	const pid_t *pids;
	size_t count;
	const char *program;
	uint64_t mark;
	size_t threads;
	bool runs, outside, signals;
};

static bool read_text(const char *path, char text[TEXT])
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = file < 0 ? -1 : read(file, text, TEXT - 1);

	if (file >= 0)
		close(file);
	text[got > 0 ? got : 0] = '\0';
	return got >= 0;
}

static void mix(uint64_t *mark, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		*mark = (*mark ^ (unsigned char)text[i]) * 1099511628211U;
}

/* --- where code and memory come from --- */

struct mapping {
	bool shared;
	char path[256]; /* "" for memory without a file */
};

/* By the number of a thread: that of the process shows nothing once its first thread has ended. */
static bool find_mapping(pid_t tid, unsigned long address, struct mapping *mapping)
{
	char path[64], line[TEXT], sharing[8];
	unsigned long from, to;
	bool found = false;

	snprintf(path, sizeof path, "/proc/%d/maps", (int)tid);
	FILE *maps = fopen(path, "re");
	while (maps && !found && fgets(line, sizeof line, maps)) {
		mapping->path[0] = '\0';
		found = sscanf(line, "%lx-%lx %7s %*s %*s %*s %255[^\n]", &from, &to, sharing, mapping->path) >= 3 &&
			from <= address && address < to;
	}
	if (maps)
		fclose(maps);
	mapping->shared = found && sharing[3] == 's';
	return found;
}

/* Not so in a program that was linked statically. */
static bool has_c_library(pid_t tid)
{
	char path[64], text[TEXT];
	bool found = false;

	snprintf(path, sizeof path, "/proc/%d/maps", (int)tid);
	FILE *maps = fopen(path, "re");
	while (maps && !found && fgets(text, sizeof text, maps))
		found = strstr(text, "/libc.so") || strstr(text, "/libc-");
	if (maps)
		fclose(maps);
	return found;
}

/*
 * A thread that the detector's own runtime added: ThreadSanitizer has one, in
 * the program's file, the budget's monitor too. It sleeps again and again, by a
 * system call of its own, where the program's threads call the C library.
 */
static bool is_of_runtime(const struct look *look, pid_t tid, unsigned long pc)
{
	static const char monitor[] = "/monitor.so";
	struct mapping code;

	if (!find_mapping(tid, pc, &code))
		return false;
	size_t length = strlen(code.path), tail = sizeof monitor - 1;
	if (length > tail && strcmp(code.path + length - tail, monitor) == 0)
		return true;
	return look->program && strcmp(code.path, look->program) == 0 && has_c_library(tid);
}

/*
 * Threads that slept as one of the runtime does, by their number and when they began. On a busy machine one that sleeps for
 * some milliseconds waits longer for the processor, and is found running at nearly every look: what has slept so again and
 * again is the runtime's. A thread of the program does so once at most, in the runtime's wait before the end.
 */
static struct runtime {
	pid_t tid;
	unsigned long long began;
	uint64_t ran; /* until the last sighting */
	unsigned sightings;
} runtimes[RUNTIMES];
static size_t next_runtime;

static struct runtime *runtime_of(pid_t tid, unsigned long long began)
{
	for (size_t i = 0; i < RUNTIMES; i++)
		if (runtimes[i].tid == tid && runtimes[i].began == began)
			return &runtimes[i];
	return NULL;
}

static void note_runtime(pid_t tid, unsigned long long began, uint64_t ran)
{
	struct runtime *runtime = runtime_of(tid, began);

	if (!runtime) {
		runtime = &runtimes[next_runtime++ % RUNTIMES];
		*runtime = (struct runtime){.tid = tid, .began = began};
	} else if (runtime->ran == ran) {
		return;
	}
	runtime->ran = ran;
	runtime->sightings++;
}

/* --- what a thread waits for --- */

/* A futex in a file that others can map could be woken by them. */
static bool is_private_memory(pid_t tid, unsigned long address)
{
	struct mapping memory;

	return find_mapping(tid, address, &memory) && (!memory.shared || !memory.path[0] || memory.path[0] != '/' ||
						       strstr(memory.path, "/dev/zero (deleted)"));
}

static bool is_known(const struct look *look, pid_t pid)
{
	for (size_t i = 0; i < look->count; i++)
		if (look->pids[i] == pid)
			return true;
	return false;
}

static bool holds(pid_t pid, const char *target)
{
	char path[64], one[320], link[256];
	bool found = false;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	DIR *descriptors = opendir(path);
	for (struct dirent *entry; descriptors && !found && (entry = readdir(descriptors));) {
		snprintf(one, sizeof one, "%s/%s", path, entry->d_name);
		ssize_t length = readlink(one, link, sizeof link - 1);
		found = length > 0 && (size_t)length == strlen(target) && memcmp(link, target, (size_t)length) == 0;
	}
	if (descriptors)
		closedir(descriptors);
	return found;
}

/* Whether the descriptor is a pipe that no other process has an end of. */
static bool is_own_pipe(const struct look *look, pid_t tid, unsigned long descriptor)
{
	char path[64], link[256];
	bool own = true;

	snprintf(path, sizeof path, "/proc/%d/fd/%lu", (int)tid, descriptor);
	ssize_t length = readlink(path, link, sizeof link - 1);
	link[length > 0 ? length : 0] = '\0';
	if (strncmp(link, "pipe:[", 6) != 0)
		return false;
	DIR *processes = opendir("/proc");
	for (struct dirent *entry; processes && own && (entry = readdir(processes));)
		if (isdigit((unsigned char)entry->d_name[0])) {
			pid_t other = (pid_t)atoi(entry->d_name);
			own = is_known(look, other) || !holds(other, link);
		}
	if (processes)
		closedir(processes);
	return own && processes;
}

static enum doing futex_wait(pid_t tid, const unsigned long args[6])
{
	unsigned long command = args[1] & (unsigned long)FUTEX_CMD_MASK;

	if (command != FUTEX_WAIT && command != FUTEX_WAIT_BITSET && command != FUTEX_LOCK_PI)
		return SLEEPS;
	if (args[3])
		return SLEEPS;
	return is_private_memory(tid, args[0]) ? WAITS_INSIDE : WAITS_OUTSIDE;
}

/* Machines of old have calls besides that others do without; where in the kernel the thread waits tells which it is. */
static enum doing old_wait(pid_t pid, pid_t tid, const unsigned long args[6])
{
	char path[96], where[TEXT];

	snprintf(path, sizeof path, "/proc/%d/task/%d/wchan", (int)pid, (int)tid);
	read_text(path, where);
	if (strstr(where, "pause"))
		return WAITS_OUTSIDE;
	if (strstr(where, "epoll"))
		return (int)args[3] < 0 ? WAITS_OUTSIDE : SLEEPS;
	if (strstr(where, "poll_schedule"))
		return (int)args[2] < 0 ? WAITS_OUTSIDE : SLEEPS;
	return SLEEPS;
}

/* By the system call that the thread is in. What is not known here may have a time limit. */
static enum doing waiting(const struct look *look, pid_t pid, pid_t tid, long call, const unsigned long args[6])
{
	switch (call) {
	case SYS_futex:
		return futex_wait(tid, args);
	case SYS_read:
	case SYS_write:
	case SYS_readv:
	case SYS_writev:
		return is_own_pipe(look, tid, args[0]) ? WAITS_INSIDE : WAITS_OUTSIDE;
	case SYS_wait4:
	case SYS_waitid:
		/* For a child, which is one of the processes looked at; when it can go on, so can this one. */
		return WAITS_INSIDE;
	case SYS_ppoll:
	case SYS_rt_sigtimedwait:
		return args[2] ? SLEEPS : WAITS_OUTSIDE;
	case SYS_rt_sigsuspend:
	case SYS_accept:
	case SYS_accept4:
	case SYS_connect:
	case SYS_recvfrom:
	case SYS_recvmsg:
	case SYS_sendto:
	case SYS_sendmsg:
	case SYS_fcntl:
	case SYS_flock:
		return WAITS_OUTSIDE;
	case SYS_pselect6:
		return args[4] ? SLEEPS : WAITS_OUTSIDE;
	case SYS_epoll_pwait:
		return (int)args[3] < 0 ? WAITS_OUTSIDE : SLEEPS;
	default:
		return old_wait(pid, tid, args);
	}
}

/* How often the thread has run, mixed into a mark: one which ran and waits again is seen to have. False: it has gone. */
static bool mark_switches(uint64_t *mark, const char *directory)
{
	char path[128], text[TEXT];

	snprintf(path, sizeof path, "%s/status", directory);
	const char *switches = read_text(path, text) ? strstr(text, "voluntary_ctxt_switches:") : NULL;
	if (switches)
		mix(mark, switches, strlen(switches));
	return switches;
}

/* False when it has ended. */
static bool lives(const char *directory, unsigned long long *began)
{
	enum { BETWEEN = 19 /* words from its state to its beginning */ };
	char path[128], text[TEXT];

	snprintf(path, sizeof path, "%s/stat", directory);
	const char *at = read_text(path, text) ? strrchr(text, ')') : NULL;
	if (!at || strncmp(at, ") Z", 3) == 0 || strncmp(at, ") X", 3) == 0)
		return false;
	at += 2;
	for (int i = 0; at && i < BETWEEN; i++)
		at = (at = strchr(at, ' ')) ? at + 1 : NULL;
	*began = at ? strtoull(at, NULL, 10) : 0;
	return true;
}

static void look_at_thread(struct look *look, pid_t pid, const char *name)
{
	char directory[64], path[128], text[TEXT];
	unsigned long args[6], stack, pc;
	unsigned long long began;
	pid_t tid = (pid_t)atoi(name);
	long call;

	snprintf(directory, sizeof directory, "/proc/%d/task/%.16s", (int)pid, name);
	snprintf(path, sizeof path, "%s/syscall", directory);
	if (!lives(directory, &began))
		return;
	look->threads++;
	mix(&look->mark, name, strlen(name));
	const struct runtime *runtime = runtime_of(tid, began);
	if (runtime && runtime->sightings >= SIGHTINGS)
		return;
	/* "running", or "-1 SP PC" of a thread that waits for memory; both go on by themselves. */
	if (!read_text(path, text) || sscanf(text, "%ld %lx %lx %lx %lx %lx %lx %lx %lx", &call, &args[0], &args[1],
					     &args[2], &args[3], &args[4], &args[5], &stack, &pc) != 9) {
		look->runs = true;
		return;
	}
	if ((call == SYS_nanosleep || call == SYS_clock_nanosleep) && is_of_runtime(look, tid, pc)) {
		uint64_t ran = 0;
		if (mark_switches(&ran, directory))
			note_runtime(tid, began, ran);
		return;
	}
	enum doing doing = waiting(look, pid, tid, call, args);
	look->runs = look->runs || doing == SLEEPS;
	look->outside = look->outside || doing == WAITS_OUTSIDE;
	mix(&look->mark, text, strlen(text));
	look->runs = !mark_switches(&look->mark, directory) || look->runs;
}

/* --- what could wake a process --- */

/* The signals in the process's mask of this name, without those that come from inside: faults, the C library's own. */
static uint64_t signals_of(pid_t pid, const char *mask)
{
	static const int inside[] = {SIGSEGV, SIGBUS,  SIGFPE,	SIGILL, SIGTRAP, SIGSYS,
				     SIGABRT, SIGPIPE, SIGCHLD, 32,	33};
	char path[64], text[TEXT];
	unsigned long long signals = UINT64_MAX;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	const char *at = read_text(path, text) ? strstr(text, mask) : NULL;
	if (at)
		sscanf(at + strlen(mask), "%llx", &signals);
	for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
		signals &= ~(1ULL << (inside[i] - 1));
	return signals;
}

/* A handler can end the wait. A program that catches them all simulates another one, of which this says nothing. */
static void look_at_handlers(struct look *look, pid_t pid)
{
	const uint64_t of_timers = 1ULL << (SIGALRM - 1) | 1ULL << (SIGVTALRM - 1) | 1ULL << (SIGPROF - 1);
	uint64_t caught = signals_of(pid, "SigCgt:");
	int count = 0;

	for (uint64_t rest = caught; rest; rest &= rest - 1)
		count++;
	look->signals = look->signals || caught;
	/* Nobody can see whether alarm() was called. */
	look->runs = look->runs || (count < SIMULATOR && (caught & of_timers));
}

static bool has_timers(pid_t pid)
{
	char path[64], text[TEXT];

	snprintf(path, sizeof path, "/proc/%d/timers", (int)pid);
	return read_text(path, text) && text[0];
}

static void look_at_process(struct look *look, pid_t pid)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	DIR *tasks = opendir(path);
	/* It has gone meanwhile. */
	look->runs = look->runs || !tasks;
	for (struct dirent *task; tasks && !look->runs && (task = readdir(tasks));)
		if (task->d_name[0] != '.')
			look_at_thread(look, pid, task->d_name);
	if (tasks)
		closedir(tasks);
	if (!look->runs)
		look_at_handlers(look, pid);
	look->runs = look->runs || has_timers(pid);
}

enum standing standstill_look(const pid_t *pids, size_t count, const char *program, uint64_t *mark)
{
	struct look look = {.pids = pids, .count = count, .program = program, .mark = 1469598103934665603U};

	for (size_t i = 0; i < count && !look.runs; i++)
		look_at_process(&look, pids[i]);
	*mark = look.mark;
	if (look.runs || look.threads == 0)
		return STANDS_NOT;
	if (look.outside)
		return STANDS_WAITING;
	return look.signals ? STANDS_UNLESS_SIGNALLED : STANDS_FOR_EVER;
}
