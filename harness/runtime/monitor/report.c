/* Writing the report; detectors/budget_report.h has its lines. In a section. See monitor.h. */
#define _GNU_SOURCE /* monitor.h */
#include "monitor.h"

#include <string.h>

#include "runtime/raw.h"
#include "runtime/sender.h"

enum { CHUNK = 1 << 13 };

static struct sender sender;

/* --- text --- */

static void put(const char *text)
{
	sender_put(&sender, text);
}

static void put_number(long long number)
{
	sender_put_number(&sender, number);
}

static void put_address(uintptr_t address)
{
	sender_put_address(&sender, address);
}

void path_number(char *end, long number)
{
	char room[32];
	const char *digits = sender_digits((uint64_t)number, 10, room);

	*end = '/';
	memcpy(end + 1, digits, strlen(digits) + 1);
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

/* --- the stream --- */

bool report_is(uint64_t device, uint64_t inode)
{
	return sender_is(&sender, device, inode);
}

int report_descriptor(void)
{
	return sender.open ? sender.descriptor : -1;
}

bool report_open(void)
{
	return sender_open(&sender, CHANNEL_BUDGET);
}

void report_begin(bool forked)
{
	sender_is_new(&sender);
	put("start");
	put_number(state->pid);
	put_number(RAW(getppid));
	put(forked ? " fork\n" : " image\n");
	sender_flush(&sender);
}

/* Of the files that are mapped; stacks and heaps, of which there may be thousands, say nothing of functions. */
static void put_map_line(const char *text, size_t length)
{
	if (memchr(text, '/', length))
		sender_put_bytes(&sender, text, length);
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
	long maps = sender_open_file(name);

	put("maps\n");
	if (maps >= 0) {
		put_lines_of(maps);
		RAW(close, maps);
	}
	put("end maps\n");
}

/* --- its parts --- */

static void put_figures(void)
{
	for (size_t i = 0; i < state->figure_count; i++) {
		const struct figure *figure = &state->figures[i];
		if (i >= FIGURES && !figure->published)
			continue;
		put(i < FIGURES ? "figure " : "gauge ");
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
	sender_flush(&sender);
}

void report_resume(void)
{
	put("resumed\n");
	sender_flush(&sender);
}
