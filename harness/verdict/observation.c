/* Observations: marking one as not to be judged, and keeping it as JSON. See observation.h. */
#include "observation.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *const fault_names[] = {"none", "program", "detector", "unfit"};

static void set_why(struct observation *seen, enum fault fault, const char *format, va_list args)
{
	va_list again;

	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	/* A compiler's words can be long, so there is no fixed buffer. */
	char *text = mem_zeroed((size_t)length + 1, 1);
	vsnprintf(text, (size_t)length + 1, format, args);
	seen->fault = fault;
	free(seen->why);
	seen->why = text;
}

static void fail(struct observation *seen, enum fault fault, const char *format, va_list args)
{
	if (seen->fault == FAULT_NONE)
		set_why(seen, fault, format, args);
}

void observation_blame(struct observation *seen, enum fault fault, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_why(seen, fault, format, args);
	va_end(args);
}

void observation_fail(struct observation *seen, enum fault fault, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fail(seen, fault, format, args);
	va_end(args);
}

void observation_end(struct observation *seen, enum ending ending, const char *format, ...)
{
	va_list args;

	seen->ending = ending;
	va_start(args, format);
	fail(seen, FAULT_PROGRAM, format, args);
	va_end(args);
}

struct stack *observation_add_standing(struct observation *seen, const char *role)
{
	seen->standing = mem_resize(seen->standing, seen->standing_count + 1, sizeof *seen->standing);
	struct stack *stack = &seen->standing[seen->standing_count++];

	*stack = (struct stack){.role = mem_copy(role)};
	return stack;
}

void observation_release(struct observation *seen)
{
	findings_release(&seen->findings);
	for (size_t i = 0; i < seen->standing_count; i++)
		stack_release(&seen->standing[i]);
	free(seen->standing);
	free(seen->errors);
	free(seen->why);
	free(seen->last_line);
	free(seen->output);
	free(seen->failed);
	free(seen->said);
	json_decref(seen->measured);
	if (seen->trace)
		trace_release(seen->trace);
	free(seen->trace);
	*seen = (struct observation){0};
}

/* Absent when there is none. What is not UTF-8 is replaced: JSON holds nothing else. */
static void set_text(json_t *object, const char *key, const char *text)
{
	if (!text)
		return;
	if (json_object_set_new(object, key, json_string(text)) == 0)
		return;
	char *plain = mem_copy(text);
	for (char *at = plain; *at; at++)
		if ((unsigned char)*at >= 0x80)
			*at = '?';
	json_object_set_new(object, key, json_string(plain));
	free(plain);
}

json_t *observation_to_json(const struct observation *seen)
{
	json_t *object = json_pack("{s:s, s:o, s:i, s:i, s:I, s:I, s:I}", "fault", fault_names[seen->fault], "findings",
				   findings_to_json(&seen->findings), "status", seen->status, "tests", seen->tests,
				   "cpu_ms", (json_int_t)seen->cpu_ms, "wall_ms", (json_int_t)seen->wall_ms, "peak_kib",
				   (json_int_t)seen->peak_kib);

	set_text(object, "why", seen->why);
	set_text(object, "last_line", seen->last_line);
	set_text(object, "failed", seen->failed);
	set_text(object, "said", seen->said);
	if (seen->measured)
		json_object_set(object, "measured", seen->measured);
	return object;
}

static bool fault_from_name(const char *name, enum fault *fault)
{
	for (size_t i = 0; i < sizeof fault_names / sizeof *fault_names; i++)
		if (strcmp(name, fault_names[i]) == 0) {
			*fault = (enum fault)i;
			return true;
		}
	return false;
}

/* Copies what the object holds under the key, if it is text; a key with another type is not ours. */
static bool get_text(const json_t *object, const char *key, char **text)
{
	const json_t *value = json_object_get(object, key);

	if (value && !json_is_string(value))
		return false;
	*text = value ? mem_copy(json_string_value(value)) : NULL;
	return true;
}

static bool read_numbers(json_t *object, struct observation *seen)
{
	json_int_t status, tests, cpu, wall, peak;

	if (json_unpack(object, "{s:I, s:I, s:I, s:I, s:I}", "status", &status, "tests", &tests, "cpu_ms", &cpu,
			"wall_ms", &wall, "peak_kib", &peak) != 0)
		return false;
	if (status < INT_MIN || status > INT_MAX || tests < 0 || tests > INT_MAX)
		return false;
	seen->status = (int)status;
	seen->tests = (int)tests;
	seen->cpu_ms = (long)cpu;
	seen->wall_ms = (long)wall;
	seen->peak_kib = (long)peak;
	return true;
}

bool observation_from_json(const json_t *object, struct observation *seen)
{
	const char *fault = json_string_value(json_object_get(object, "fault"));

	*seen = (struct observation){.measured = json_incref(json_object_get(object, "measured"))};
	/* json_unpack() takes no const object, and does not change it. */
	if (fault && fault_from_name(fault, &seen->fault) && read_numbers((json_t *)object, seen) &&
	    get_text(object, "why", &seen->why) && get_text(object, "last_line", &seen->last_line) &&
	    get_text(object, "failed", &seen->failed) && get_text(object, "said", &seen->said) &&
	    (seen->fault == FAULT_NONE) == !seen->why &&
	    findings_from_json(json_object_get(object, "findings"), &seen->findings))
		return true;
	observation_release(seen);
	return false;
}
