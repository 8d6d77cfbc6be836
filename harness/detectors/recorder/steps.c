/* Events as steps of a trace. See events.h. */
#include "events.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const enum trace_does does[RECORD_KINDS] = {
	[RECORD_START] = DOES_START,	     [RECORD_BEGIN] = DOES_BEGIN,    [RECORD_END] = DOES_END,
	[RECORD_JOIN_WAIT] = DOES_WAIT,	     [RECORD_JOIN] = DOES_JOIN,	     [RECORD_DETACH] = DOES_DETACH,
	[RECORD_LOCK_WAIT] = DOES_WAIT,	     [RECORD_LOCK] = DOES_LOCK,	     [RECORD_UNLOCK] = DOES_UNLOCK,
	[RECORD_COND_WAIT] = DOES_WAIT,	     [RECORD_COND_GO] = DOES_GO,     [RECORD_SIGNAL] = DOES_SIGNAL,
	[RECORD_BROADCAST] = DOES_BROADCAST, [RECORD_REACH] = DOES_REACH,    [RECORD_AWAIT] = DOES_WAIT,
	[RECORD_AWAITED] = DOES_GO,	     [RECORD_GONE_WAIT] = DOES_WAIT, [RECORD_GONE] = DOES_GO,
	[RECORD_BLOCKED_WAIT] = DOES_WAIT,   [RECORD_BLOCKED] = DOES_GO,     [RECORD_KIT_WAIT] = DOES_WAIT,
	[RECORD_KIT_GO] = DOES_GO,	     [RECORD_KIT_PUT] = DOES_PUT,    [RECORD_KIT_OPEN] = DOES_OPEN,
	[RECORD_ALLOC] = DOES_ALLOC,	     [RECORD_FREE] = DOES_FREE,	     [RECORD_READ] = DOES_READ,
	[RECORD_WRITE] = DOES_WRITE,	     [RECORD_GAUGE] = DOES_GAUGE,    [RECORD_EXIT] = DOES_EXIT,
};

/* A step for what somebody would see: not for a wait that the next step of the thread tells of by itself. */
static bool is_shown(const struct events *events, size_t index)
{
	const struct event *event = &events->items[index];

	switch (event->kind) {
	case RECORD_BEGIN:
		return event->record->thread != 0;
	case RECORD_JOIN_WAIT:
	case RECORD_LOCK_WAIT:
		return events_end_of_wait(events, index) == NO_EVENT;
	default:
		return event->shown;
	}
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "broken.c", or "broken/rates.c" of a program that has more files. */
static char *file_of(const struct events *events, const char *path)
{
	size_t length = events->run->own && events->run->own[0] ? strlen(events->run->own[0]) : 0;
	bool below = length && strncmp(path, events->run->own[0], length) == 0 && path[length] == '/';

	return mem_copy(below ? path + length + 1 : base_name(path));
}

static bool has_other(enum recording_kind kind)
{
	return kind == RECORD_START || kind == RECORD_JOIN || kind == RECORD_JOIN_WAIT || kind == RECORD_DETACH;
}

static void add_place(const struct events *events, const struct event *event, struct trace_step *step)
{
	if (!event->file)
		return;
	step->file = file_of(events, event->file);
	step->line = event->line;
	step->in = event->in ? mem_copy(event->in) : NULL;
}

/* `steps`: of each event before this one the index of its step, or NO_EVENT. */
static void add_step(const struct events *events, size_t index, struct trace *trace, const size_t *steps)
{
	const struct event *event = &events->items[index];
	struct trace_step *step = trace_add(trace, (int)event->record->thread, does[event->kind]);

	if (has_other(event->kind))
		step->other = (int)event->record->object;
	step->on = event->on ? mem_copy(event->on) : NULL;
	if (event->kind == RECORD_GAUGE) {
		step->name = mem_copy_n(event->record->name, strnlen(event->record->name, RECORDING_NAME));
		step->value = event->value;
	}
	add_place(events, event, step);
	for (size_t i = 0; i < event->after_count; i++)
		if (steps[event->after[i]] != NO_EVENT)
			trace_step_after(step, steps[event->after[i]]);
}

static void add_findings(const struct events *events, size_t index, struct trace *trace, const size_t *steps)
{
	for (size_t i = 0; i < events->told_count; i++) {
		const struct told *told = &events->told[i];
		if (told->at != index)
			continue;
		const struct event *event = &events->items[index];
		struct trace_step *step = trace_add(trace, (int)event->record->thread, DOES_FINDING);
		step->kind = mem_copy(told->kind);
		step->detector = mem_copy(told->detector);
		step->on = event->on ? mem_copy(event->on) : NULL;
		/* What is found at the end is about no line: exit() stands where it may. */
		if (event->kind != RECORD_EXIT)
			add_place(events, event, step);
		if (told->after != NO_EVENT && events->items[told->after].record->thread != event->record->thread)
			trace_step_after(step, steps[told->after]);
	}
}

void events_to_steps(const struct events *events, struct trace *trace)
{
	size_t *steps = mem_zeroed(events->count + 1, sizeof *steps);

	*trace = (struct trace){.program = mem_copy(base_name(events->run->program)),
				.lost = events->lost ? mem_copy(events->lost) : NULL};
	for (size_t i = 0; i < events->thread_count; i++)
		trace_add_thread(trace, events->threads[i]);
	for (size_t i = 0; i < events->count; i++) {
		steps[i] = NO_EVENT;
		/* The program's end is the last step. */
		if (events->items[i].kind == RECORD_EXIT)
			add_findings(events, i, trace, steps);
		if (is_shown(events, i)) {
			steps[i] = trace->count;
			add_step(events, i, trace, steps);
		}
		if (events->items[i].kind != RECORD_EXIT)
			add_findings(events, i, trace, steps);
	}
	free(steps);
}
