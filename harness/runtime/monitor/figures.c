/* The figures, under one lock, in one order of events. See monitor.h. */
#define _GNU_SOURCE /* monitor.h; process_vm_readv's number */
#include "monitor.h"

#include <dlfcn.h>
#include <link.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/uio.h>

#include "runtime/raw.h"

enum { SPINS = 100, FIRST_WIDTH = 1 /* us: a short run is drawn as finely as a long one */, FRAME_LIMIT = 1 << 20 };

const char *const figure_names[FIGURES] = FIGURE_NAMES;

/* --- the lock: 0 free, 1 taken, 2 taken and waited for --- */

static void lock_take(int *lock)
{
	int seen = 0;

	for (int i = 0; i < SPINS; i++, seen = 0)
		if (__atomic_compare_exchange_n(lock, &seen, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return;
	while (__atomic_exchange_n(lock, 2, __ATOMIC_ACQUIRE) != 0)
		RAW(futex, lock, FUTEX_WAIT_PRIVATE, 2, NULL);
}

static void lock_release(int *lock)
{
	if (__atomic_exchange_n(lock, 0, __ATOMIC_RELEASE) == 2)
		RAW(futex, lock, FUTEX_WAKE_PRIVATE, 1);
}

bool section_enter(struct section *section)
{
	const uint64_t all = UINT64_MAX;

	if (config.mode == ASLEEP)
		return false;
	RAW(rt_sigprocmask, SIG_SETMASK, &all, &section->signals, sizeof all);
	section->masked = true;
	if (!monitor_awake()) {
		RAW(rt_sigprocmask, SIG_SETMASK, &section->signals, NULL, sizeof all);
		return false;
	}
	lock_take(&state->lock);
	return true;
}

void section_enter_sampler(struct section *section)
{
	section->masked = false;
	lock_take(&state->lock);
}

void section_leave(struct section *section)
{
	lock_release(&state->lock);
	if (section->masked)
		RAW(rt_sigprocmask, SIG_SETMASK, &section->signals, NULL, sizeof section->signals);
}

/* --- time and place --- */

long long clock_us(int clock)
{
	struct timespec now;

	real()->clock_gettime(clock, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

long long monitor_now(void)
{
	return clock_us(CLOCK_MONOTONIC) - state->began;
}

/*
 * Follows the frame pointers. Any of them may be something else, in a function
 * that was compiled without: so the kernel reads them, which does not crash,
 * and a return address must lie in something that is loaded.
 */
void trace_take(struct trace *trace, void *frame)
{
	struct machine_frame record;
	uintptr_t at = (uintptr_t)frame;
	struct iovec to = {&record, sizeof record}, from = {frame, sizeof record};
	struct dl_find_object found;

	trace->count = 0;
	while (trace->count < TRACE_SIZE) {
		from.iov_base = (void *)at;
		if (RAW(process_vm_readv, state->pid, &to, 1, &from, 1, 0) != (long)sizeof record)
			break;
		uintptr_t pc = machine_return_address(record.saved);
		if (!pc || _dl_find_object((void *)pc, &found) != 0)
			break;
		trace->pcs[trace->count++] = pc;
		if (record.caller <= at || record.caller - at > FRAME_LIMIT || record.caller % sizeof record.caller)
			break;
		at = record.caller;
	}
}

/* --- events --- */

static void series_fold(void)
{
	for (size_t i = 0; 2 * i <= state->bucket; i++)
		for (size_t j = 0; j < state->figure_count; j++) {
			long long one = state->series[2 * i][j];
			long long other = 2 * i < state->bucket ? state->series[2 * i + 1][j] : one;
			state->series[i][j] = one > other ? one : other;
		}
	state->bucket /= 2;
	state->width *= 2;
}

void figures_begin_event(void)
{
	long long now = monitor_now();

	while (now / state->width >= BUCKETS)
		series_fold();
	while (state->bucket < (size_t)(now / state->width)) {
		state->bucket++;
		for (size_t i = 0; i < state->figure_count; i++)
			state->series[state->bucket][i] = state->figures[i].now;
	}
}

void figures_end_event(const struct where *where)
{
	long long *bucket = state->series[state->bucket];

	for (size_t i = 0; i < state->figure_count; i++) {
		struct figure *figure = &state->figures[i];
		if (figure->now > figure->peak)
			figure->peak = figure->now;
		if (figure->now > bucket[i])
			bucket[i] = figure->now;
	}
	bounds_check(where);
}

static void set_name(struct figure *figure, const char *name)
{
	size_t i = 0;

	/* What would break a line of the report is replaced; the harness will not know such a name. */
	for (; name[i] && i + 1 < FIGURE_NAME_SIZE; i++)
		figure->name[i] = name[i] > ' ' && name[i] < 127 ? name[i] : '?';
	figure->name[i] = '\0';
}

void figures_init(void)
{
	for (size_t i = 0; i < FIGURES; i++)
		set_name(&state->figures[i], figure_names[i]);
	for (size_t i = 0; i < config.gauge_count; i++)
		set_name(&state->figures[FIGURES + i], config.gauges[i]);
	state->figure_count = FIGURES + config.gauge_count;
	state->figures[THREADS].now = state->figures[THREADS].start = state->figures[THREADS].peak = 1;
	state->width = FIRST_WIDTH;
	samples_init();
	figures_end_event(NULL);
}

int figure_named(const char *name)
{
	for (size_t i = FIGURES; i < state->figure_count; i++)
		if (strncmp(state->figures[i].name, name, FIGURE_NAME_SIZE) == 0)
			return (int)i;
	if (state->figure_count == MAX_FIGURES) {
		state->lost = "more than 32 gauges";
		return -1;
	}
	if (strnlen(name, FIGURE_NAME_SIZE) == FIGURE_NAME_SIZE) {
		state->lost = "a gauge whose name is longer than 31 characters";
		return -1;
	}
	for (size_t i = 0; i < FIGURES; i++)
		if (strcmp(state->figures[i].name, name) == 0) {
			state->lost = "a gauge with the name of one of the budget's own figures";
			return -1;
		}
	set_name(&state->figures[state->figure_count], name);
	return (int)state->figure_count++;
}
