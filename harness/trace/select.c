#include "select.h"

#include <stdlib.h>

#include "base/mem.h"

static char *copy(const char *text)
{
	return text ? mem_copy(text) : NULL;
}

void trace_select(const struct trace *whole, struct trace *chosen)
{
	*chosen = (struct trace){.program = copy(whole->program), .lost = copy(whole->lost)};
	for (size_t i = 0; i < whole->thread_count; i++)
		trace_add_thread(chosen, whole->threads[i]);
	for (size_t i = 0; i < whole->count; i++) {
		const struct trace_step *from = &whole->steps[i];
		struct trace_step *step = trace_add(chosen, from->thread, from->does);
		*step = *from;
		step->on = copy(from->on);
		step->file = copy(from->file);
		step->in = copy(from->in);
		step->name = copy(from->name);
		step->kind = copy(from->kind);
		step->detector = copy(from->detector);
		step->after = NULL;
		step->after_count = 0;
		for (size_t j = 0; j < from->after_count; j++)
			trace_step_after(step, from->after[j]);
	}
}
