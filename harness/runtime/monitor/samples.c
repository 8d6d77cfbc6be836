/*
 * Memory, descriptors and CPU time, each 10 ms. See monitor.h.
 *
 * The sampler is a thread that only the kernel knows of. The C library counts
 * its own threads, and ends the process with the last of them; it also takes
 * other paths once there are two. Made by clone(2), without a thread's own
 * variables, the sampler is none of these, and keeps no process alive. It has
 * its own table of descriptors: opening a file here takes no number away from
 * the program, and its pipes have no second end here.
 */
#define _GNU_SOURCE /* clone() */
#include "monitor.h"

#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "runtime/raw.h"

enum { STACK_SIZE = 1 << 14, CADENCE = 10000000 /* ns */, CHECK_EACH = 10 /* samples */, CHUNK = 2048 };

static char sampler_stack[STACK_SIZE] __attribute__((aligned(64)));

/* --- what /proc says --- */

/* The beginning of a small file, as text. */
static bool read_file(const char *path, char text[CHUNK])
{
	long file = RAW(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC), got;

	if (file < 0)
		return false;
	got = RAW(read, file, text, CHUNK - 1);
	RAW(close, file);
	text[got > 0 ? got : 0] = '\0';
	return got > 0;
}

/* The number after `skip` words; -1 when there is none. */
static long long number_after(const char *text, int skip)
{
	long long number = 0;

	for (; skip; skip--) {
		text += strcspn(text, " ");
		text += strspn(text, " ");
	}
	if (*text < '0' || *text > '9')
		return -1;
	for (; *text >= '0' && *text <= '9'; text++)
		number = number * 10 + (*text - '0');
	return number;
}

/* Resident, in bytes. The thread's own file: the first thread's is empty once it has ended. */
static long long memory_now(void)
{
	char text[CHUNK];
	long long pages = read_file("/proc/thread-self/statm", text) ? number_after(text, 1) : -1;

	return pages < 0 ? -1 : pages * (long long)getauxval(AT_PAGESZ);
}

/* The most that was ever resident; the kernel keeps it, so nothing between two samples is missed. */
static long long memory_peak(void)
{
	static const char key[] = "VmHWM:";
	char text[CHUNK];
	const char *at = read_file("/proc/thread-self/status", text) ? strstr(text, key) : NULL;

	if (!at)
		return -1;
	at += sizeof key - 1;
	return number_after(at + strspn(at, " \t"), 0) * 1024;
}

/* With no number left all below the limit are in use, and the report's beyond it; others only if the limit was higher. */
static long long descriptors_up_to_the_limit(void)
{
	struct rlimit limit;

	if (RAW(prlimit64, 0, RLIMIT_NOFILE, NULL, &limit) != 0)
		return -1;
	return (long long)limit.rlim_cur + (report_descriptor() >= (long long)limit.rlim_cur);
}

/* The descriptors that a directory of numbers shows, without the one that reads it, if `own`; -1 when it cannot be read. */
static long long count_entries(const char *path, bool own)
{
	struct entry {
		uint64_t inode, offset;
		unsigned short length;
		unsigned char type;
		char name[];
	};
	_Alignas(8) char entries[CHUNK];
	long directory = RAW(openat, AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), got;
	long long count = 0;

	if (directory == -EMFILE)
		return descriptors_up_to_the_limit();
	if (directory < 0)
		return -1;
	while ((got = RAW(getdents64, directory, entries, sizeof entries)) > 0)
		for (long at = 0; at < got; at += ((struct entry *)(void *)(entries + at))->length)
			count += ((struct entry *)(void *)(entries + at))->name[0] != '.';
	RAW(close, directory);
	return got < 0 ? -1 : count - own;
}

/* The program's open descriptors, without the report's; -1 when they cannot be counted. */
static long long descriptors_now(bool sampler)
{
	/* The sampler's own table is another; the first thread's is gone once that has ended. */
	const char *path = sampler ? "/proc/self/fd" : "/proc/thread-self/fd";
	char ours[64];
	struct stat file;
	long long count;

	if (RAW(newfstatat, AT_FDCWD, path, &file, 0) != 0)
		return -1;
	/* Since Linux 6.2 the directory's size is the number. */
	count = file.st_size;
	if (count == 0)
		count = count_entries(path, !sampler);
	if (count < 0 || report_descriptor() < 0)
		return count;
	memcpy(ours, path, strlen(path));
	path_number(ours + strlen(path), report_descriptor());
	if (RAW(newfstatat, AT_FDCWD, ours, &file, 0) == 0 && report_is(file.st_dev, file.st_ino))
		count--;
	return count;
}

/* --- samples --- */

struct sample {
	long long memory, descriptors, cpu;
};

static struct sample measure(bool sampler)
{
	return (struct sample){memory_now(), descriptors_now(sampler), clock_us(CLOCK_PROCESS_CPUTIME_ID)};
}

/*
 * Without the sampler's own, nor what was used before the beginning. What the sampler has used since it last said so is
 * taken for the program's at first; so that time does not seem to run back when it says so, the figure never falls.
 */
static void note_cpu(long long of_process)
{
	long long used = of_process - state->sampler_cpu - state->cpu_began;

	if (used > state->figures[CPU].now)
		state->figures[CPU].now = used;
}

/* What could not be read stays as it was. */
static void note(const struct sample *sample)
{
	if (sample->memory >= 0)
		state->figures[MEMORY].now = sample->memory;
	if (sample->descriptors >= 0)
		state->figures[DESCRIPTORS].now = sample->descriptors;
	note_cpu(sample->cpu);
}

void samples_init(void)
{
	struct sample sample = measure(false);

	state->cpu_began = sample.cpu;
	note(&sample);
	for (int i = MEMORY; i <= CPU; i++)
		state->figures[i].start = state->figures[i].now;
}

void samples_take(void)
{
	struct sample sample = measure(false);

	note(&sample);
}

void samples_take_last(void)
{
	long long peak = memory_peak();

	note_cpu(clock_us(CLOCK_PROCESS_CPUTIME_ID));
	if (peak > state->figures[MEMORY].peak)
		state->figures[MEMORY].peak = peak;
}

/* --- the sampler --- */

/*
 * The status to end with, when the threads that the kernel shows are this one
 * and a first thread that has ended; else -1. That happens when threads end by
 * the bare system call: then this one must not be what is left.
 */
static long long status_when_alone(void)
{
	char text[CHUNK], *at;

	if (!read_file("/proc/self/stat", text) || !(at = strrchr(text, ')')))
		return -1;
	if (strncmp(at, ") Z", 3) != 0 || number_after(at, 18) != 2)
		return -1;
	return number_after(at, 50) >> 8 & 0xff;
}

static int sample_until_the_end(void *unused)
{
	const struct timespec cadence = {.tv_nsec = CADENCE};
	struct section section;
	long long status = -1;
	bool over = false;

	(void)unused;
	/* Who looks at the process's threads can tell this one. */
	RAW(prctl, PR_SET_NAME, "loose-monitor");
	RAW(close_range, 0, UINT32_MAX, 0);
	for (unsigned beat = 1; !over; beat++) {
		RAW(nanosleep, &cadence, NULL);
		if (beat % CHECK_EACH == 0 && (status = status_when_alone()) >= 0)
			break;
		struct sample sample = measure(true);
		section_enter_sampler(&section);
		over = state->closed;
		state->sampler_cpu = clock_us(CLOCK_THREAD_CPUTIME_ID);
		figures_begin_event();
		note(&sample);
		figures_end_event(NULL);
		section_leave(&section);
	}
	RAW(exit, over ? 0 : status);
	__builtin_unreachable();
}

void samples_start(void)
{
	const int flags = CLONE_VM | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
	const uint64_t all = UINT64_MAX;
	uint64_t before;
	int error = errno;

	if (!MACHINE_IS_KNOWN)
		return;
	RAW(rt_sigprocmask, SIG_SETMASK, &all, &before, sizeof all);
	/* Without it there are fewer samples, and the figures are read at the start and the end. */
	real()->clone(sample_until_the_end, sampler_stack + STACK_SIZE, flags, NULL);
	RAW(rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof all);
	errno = error;
}
