#include "trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *const words[TRACE_DOES] = {
	[DOES_START] = "start",	  [DOES_BEGIN] = "begin",   [DOES_END] = "end",	      [DOES_JOIN] = "join",
	[DOES_DETACH] = "detach", [DOES_WAIT] = "wait",	    [DOES_GO] = "go",	      [DOES_REACH] = "reach",
	[DOES_LOCK] = "lock",	  [DOES_UNLOCK] = "unlock", [DOES_SIGNAL] = "signal", [DOES_BROADCAST] = "broadcast",
	[DOES_PUT] = "put",	  [DOES_OPEN] = "open",	    [DOES_ALLOC] = "alloc",   [DOES_FREE] = "free",
	[DOES_GAUGE] = "gauge",	  [DOES_READ] = "read",	    [DOES_WRITE] = "write",   [DOES_FINDING] = "finding",
	[DOES_EXIT] = "exit",
};

const char *trace_does_word(enum trace_does does)
{
	return words[does];
}

const char *trace_add_thread(struct trace *trace, const char *name)
{
	trace->threads = mem_resize(trace->threads, trace->thread_count + 1, sizeof *trace->threads);
	return trace->threads[trace->thread_count++] = mem_copy(name);
}

struct trace_step *trace_add(struct trace *trace, int thread, enum trace_does does)
{
	trace->steps = mem_resize(trace->steps, trace->count + 1, sizeof *trace->steps);
	struct trace_step *step = &trace->steps[trace->count++];

	*step = (struct trace_step){.thread = thread, .does = does, .other = -1};
	return step;
}

void trace_step_after(struct trace_step *step, size_t index)
{
	size_t at = step->after_count;

	for (size_t i = 0; i < step->after_count; i++)
		if (step->after[i] == index)
			return;
	step->after = mem_resize(step->after, step->after_count + 1, sizeof *step->after);
	for (; at && step->after[at - 1] > index; at--)
		step->after[at] = step->after[at - 1];
	step->after[at] = index;
	step->after_count++;
}

void trace_release(struct trace *trace)
{
	for (size_t i = 0; i < trace->count; i++) {
		struct trace_step *step = &trace->steps[i];
		free(step->on);
		free(step->file);
		free(step->in);
		free(step->name);
		free(step->kind);
		free(step->detector);
		free(step->after);
	}
	for (size_t i = 0; i < trace->thread_count; i++)
		free(trace->threads[i]);
	free(trace->steps);
	free(trace->threads);
	free(trace->program);
	free(trace->lost);
	*trace = (struct trace){0};
}
