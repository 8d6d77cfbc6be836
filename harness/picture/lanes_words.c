/* Steps and findings in the book's words. See parts.h. */
#include "parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/parts.h"

/* "point MINUTE_PASSED" is known by its name alone; "block 1" has none. */
static const char *object_of(const struct trace_step *step)
{
	const char *blank = step->on ? strchr(step->on, ' ') : NULL;

	if (!step->on)
		return "something";
	if (strcmp(step->on, "all others") == 0)
		return step->on;
	return blank && !isdigit((unsigned char)blank[1]) ? blank + 1 : step->on;
}

static const char *thread_of(const struct trace *trace, const struct trace_step *step)
{
	return step->other >= 0 && (size_t)step->other < trace->thread_count ? trace->threads[step->other] : "a thread";
}

/* What a function does: "cache_free() frees block 1"; without one, the thread does. */
static char *act(const struct trace_step *step, const char *verb)
{
	return mem_format("%s%s%s%s%s", step->in ? step->in : "", step->in ? "() " : "", verb, step->on ? " " : "",
			  step->on ? object_of(step) : "");
}

static char *words_of_wait(const struct trace *trace, const struct trace_step *step)
{
	if (step->other >= 0)
		return mem_format("waits for the end of %s", thread_of(trace, step));
	if (!step->on)
		return mem_copy("waits");
	if (strncmp(step->on, "condition ", 10) == 0)
		return mem_format("waits on %s", object_of(step));
	return mem_format("waits for %s", object_of(step));
}

static char *words_of_open(const struct trace_step *step)
{
	const char *on = step->on ? step->on : "", *name = object_of(step);

	if (strncmp(on, "queue ", 6) == 0)
		return mem_format("closes %s", name);
	if (strncmp(on, "stop ", 5) == 0)
		return mem_format("asks for %s", name);
	return mem_format("opens %s", name);
}

static char *words_of_one(const struct trace *trace, const struct trace_step *step)
{
	switch (step->does) {
	case DOES_START:
		return mem_format("starts %s", thread_of(trace, step));
	case DOES_END:
		return mem_copy("ends");
	case DOES_JOIN:
		return mem_format("joins %s", thread_of(trace, step));
	case DOES_DETACH:
		return mem_format("detaches %s", thread_of(trace, step));
	case DOES_WAIT:
		return words_of_wait(trace, step);
	case DOES_GO:
		return mem_copy("goes on");
	case DOES_REACH:
		return mem_format("reaches %s", object_of(step));
	case DOES_LOCK:
		return mem_format("takes %s", object_of(step));
	case DOES_UNLOCK:
		return mem_format("releases %s", object_of(step));
	case DOES_SIGNAL:
		return mem_format("signals %s", object_of(step));
	case DOES_BROADCAST:
		return mem_format("wakes all on %s", object_of(step));
	case DOES_PUT:
		return mem_format("puts into %s", object_of(step));
	case DOES_OPEN:
		return words_of_open(step);
	case DOES_ALLOC:
		return act(step, "allocates");
	case DOES_FREE:
		return act(step, "frees");
	case DOES_READ:
		return act(step, "reads");
	case DOES_WRITE:
		return act(step, "writes");
	case DOES_GAUGE:
		return mem_format("%s is %lld", step->name ? step->name : "a gauge", step->value);
	case DOES_EXIT:
		return mem_copy("ends the program");
	case DOES_FINDING:
		return step->in ? mem_format("in %s()", step->in) : mem_copy("at the end");
	case DOES_BEGIN:
	case TRACE_DOES:
		break;
	}
	return NULL;
}

char *words_of_step(const struct trace *trace, const struct trace_step *step)
{
	char *one = words_of_one(trace, step), *all;

	if (!one || step->times < 1)
		return one;
	if (step->does == DOES_WAIT)
		all = mem_format("%d of them: %s", step->times, one);
	else
		all = mem_format(step->does == DOES_JOIN || step->does == DOES_GO ? "%s; all this %d times"
										  : "%s, %d times",
				 one, step->times);
	free(one);
	return all;
}

bool is_race(const char *kind)
{
	const struct sort *sort = sort_of(kind);

	return sort->noun && strcmp(sort->noun, "A data race") == 0;
}

/* What a broken bound on threads means for them; other figures are named. */
static char *words_of_bound(const char *kind)
{
	static const struct {
		const char *kind, *words;
	} bounds[] = {
		{"detached", "a detached thread, which cannot be joined"},
		{"joined", "a thread that is never joined"},
		{"threads", "more threads than are allowed"},
		{"threads-below", "fewer threads than there must be"},
		{"threads-at-exit", "a thread that is left when the program ends"},
	};

	for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
		if (strcmp(bounds[i].kind, kind) == 0)
			return mem_copy(bounds[i].words);
	return mem_format("the bound on %s is broken", kind);
}

char *words_of_finding(const struct trace_step *finding, const struct trace_step *other)
{
	const char *kind = finding->kind ? finding->kind : "finding", *noun = sort_of(kind)->noun;
	char *words = noun ? mem_copy(noun) : words_of_bound(kind), *whole;

	words[0] = (char)tolower((unsigned char)words[0]);
	if (!other || other->line == 0)
		return words;
	if (is_race(kind))
		whole = mem_format("%s with line %d", words, other->line);
	else if (other->does == DOES_FREE)
		whole = mem_format("%s, freed in line %d", words, other->line);
	else
		whole = mem_format("%s: line %d", words, other->line);
	free(words);
	return whole;
}

char *words_of_rest(size_t threads, size_t steps)
{
	char *of_threads = threads ? mem_format("%zu more thread%s", threads, threads == 1 ? "" : "s") : mem_copy("");
	char *of_steps = steps ? mem_format("%zu step%s in between", steps, steps == 1 ? "" : "s") : mem_copy("");
	char *rest = threads || steps ? mem_format("%s%s%s %s not drawn", of_threads, threads && steps ? " and " : "",
						   of_steps, threads + steps == 1 ? "is" : "are")
				      : NULL;

	free(of_threads);
	free(of_steps);
	return rest;
}
