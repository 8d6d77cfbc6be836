/* Writing the report; detectors/budget_report.h has its lines. In a section. See monitor.h. */
#define _GNU_SOURCE /* monitor.h */
#include "monitor.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "raw.h"

enum {
	HIGH_DESCRIPTOR = 700 /* out of the way of a program that counts on low ones */,
	TEXT_SIZE = 1 << 16,
	CHUNK = 1 << 13
};

static char path[4096];
static int descriptor = -1;
static uint64_t file_device, file_inode;
static struct {
	char text[TEXT_SIZE];
	size_t used;
} line; /* what is not written yet */

/* --- text --- */

static void flush(void)
{
	const char *text = line.text;

	while (line.used) {
		long wrote = RAW(write, descriptor, text, line.used);
		if (wrote <= 0)
			break; /* the closing line will be missing too, and the harness tells */
		text += wrote;
		line.used -= (size_t)wrote;
	}
	line.used = 0;
}

static void put(const char *text)
{
	for (; *text; text++) {
		if (line.used == TEXT_SIZE)
			flush();
		line.text[line.used++] = *text;
	}
}

static const char *digits_of(uint64_t number, unsigned base, char room[32])
{
	char *at = room + 31;

	*at = '\0';
	do
		*--at = "0123456789abcdef"[number % base];
	while (number /= base);
	return at;
}

void path_number(char *end, long number)
{
	char room[32];
	const char *digits = digits_of((uint64_t)number, 10, room);

	*end = '/';
	memcpy(end + 1, digits, strlen(digits) + 1);
}

static void put_number(long long number)
{
	char room[32];

	put(number < 0 ? " -" : " ");
	put(digits_of(number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 10, room));
}

static void put_address(uintptr_t address)
{
	char room[32];

	put(" ");
	put(digits_of(address, 16, room));
}

/* " ROUTINE : PC..." and the end of the line. */
static void put_place(uintptr_t routine, const struct trace *trace)
{
	put_address(routine);
	put(" :");
	for (size_t i = 0; i < trace->count; i++)
		put_address(trace->pcs[i]);
	put("\n");
}

/* --- the file --- */

bool report_is(uint64_t device, uint64_t inode)
{
	return device == file_device && inode == file_inode;
}

int report_descriptor(void)
{
	return descriptor;
}

static void open_report(void)
{
	struct stat file;

	descriptor = (int)RAW(openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (descriptor < 0)
		return;
	int high = (int)RAW(fcntl, descriptor, F_DUPFD_CLOEXEC, HIGH_DESCRIPTOR);
	/* The limit on descriptors may be below: then take what there is. */
	if (high >= 0) {
		RAW(close, descriptor);
		descriptor = high;
	}
	if (RAW(newfstatat, descriptor, "", &file, AT_EMPTY_PATH) == 0) {
		file_device = file.st_dev;
		file_inode = file.st_ino;
	}
}

/* The program may have closed the descriptor, and opened something else in its place. */
static void make_ready(void)
{
	struct stat file;

	if (descriptor < 0 || RAW(newfstatat, descriptor, "", &file, AT_EMPTY_PATH) != 0 ||
	    !report_is(file.st_dev, file.st_ino))
		open_report();
}

void report_begin(bool forked)
{
	char room[32];

	/* A child has its parent's text, written or not. */
	line.used = 0;
	const char *digits = digits_of((uint64_t)state->pid, 10, room);
	memcpy(path, config.prefix, strlen(config.prefix));
	memcpy(path + strlen(config.prefix), digits, strlen(digits) + 1);
	/* It has the parent's descriptor too, unless that was closed. */
	if (forked && descriptor >= 0) {
		struct stat file;
		if (RAW(newfstatat, descriptor, "", &file, AT_EMPTY_PATH) == 0 && report_is(file.st_dev, file.st_ino))
			RAW(close, descriptor);
	}
	open_report();
	put("start");
	put_number(state->pid);
	put_number(RAW(getppid));
	put(forked ? " fork\n" : " image\n");
	flush();
}

/* Of the files that are mapped; stacks and heaps, of which there may be thousands, say nothing of functions. */
static void put_map_line(const char *text, size_t length)
{
	if (!memchr(text, '/', length))
		return;
	if (line.used + length > TEXT_SIZE && descriptor >= 0)
		flush();
	if (line.used + length > TEXT_SIZE)
		return;
	memcpy(line.text + line.used, text, length);
	line.used += length;
}

static void put_lines_of(long maps)
{
	static char chunk[CHUNK];
	size_t used = 0;
	long got;

	while ((got = RAW(read, maps, chunk + used, sizeof chunk - used)) > 0) {
		size_t start = 0;
		used += (size_t)got;
		for (char *end; (end = memchr(chunk + start, '\n', used - start)); start = (size_t)(end - chunk) + 1)
			put_map_line(chunk + start, (size_t)(end - chunk) + 1 - start);
		memmove(chunk, chunk + start, used - start);
		used -= start;
	}
}

static void put_maps(void)
{
	/* The thread's own: the first thread's is empty once it has ended. */
	static const char name[] = "/proc/thread-self/maps";
	long maps = RAW(openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC);

	put("maps\n");
	if (maps == -EMFILE) {
		/* The program has used up its descriptors: one of them is ours, and can be spared. */
		flush();
		RAW(close, descriptor);
		descriptor = -1;
		maps = RAW(openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC);
	}
	if (maps >= 0) {
		put_lines_of(maps);
		RAW(close, maps);
	}
	make_ready();
	put("end maps\n");
}

/* --- its parts --- */

static void put_figures(void)
{
	for (size_t i = 0; i < state->figure_count; i++) {
		const struct figure *figure = &state->figures[i];
		if (i >= BUILT_IN && !figure->published)
			continue;
		put(i < BUILT_IN ? "figure " : "gauge ");
		put(figure->name);
		put_number(figure->start);
		put_number(figure->peak);
		put_number(figure->at_exit);
		put_number(figure->now);
		put("\n");
	}
}

static void put_sites(void)
{
	for (size_t i = 0; i < state->site_count; i++) {
		const struct site *site = &state->sites[i];
		put("site");
		put_number(site->started);
		put_number(site->at_exit.joined);
		put_number(site->at_exit.detached);
		put_number(site->at_exit.live);
		put_number(site->at_exit.unjoined);
		put_place(site->routine, &site->trace);
	}
}

static void put_broken(void)
{
	for (size_t i = 0; i < config.bound_count; i++) {
		const struct broken *broken = &state->broken[i];
		if (!broken->is)
			continue;
		put("broken");
		put_number(config.bounds[i].index);
		put_number(broken->at);
		put_number(broken->value);
		put_number(broken->limit);
		put_number(broken->worst_at);
		put_number(broken->worst_value);
		put_number(broken->worst_limit);
		put_place(broken->routine, &broken->trace);
	}
}

static void put_series(void)
{
	put("series");
	put_number(state->width);
	for (size_t i = 0; i < state->figure_count; i++) {
		put(" ");
		put(state->figures[i].name);
	}
	put("\n");
	for (size_t i = 0; i <= state->bucket; i++) {
		put("sample");
		for (size_t j = 0; j < state->figure_count; j++)
			put_number(state->series[i][j]);
		put("\n");
	}
}

void report_write(const char *how)
{
	make_ready();
	put("times");
	put_number(state->frozen_at);
	put_number(monitor_now());
	put_number(state->asked_at);
	put("\n");
	put_figures();
	put_sites();
	put_broken();
	put_series();
	put_maps();
	if (state->lost) {
		put("lost ");
		put(state->lost);
		put("\n");
	}
	put("closed ");
	put(how);
	put("\n");
	flush();
}

void report_resume(void)
{
	make_ready();
	put("resumed\n");
	flush();
}
