/* The trace as lines of JSON. See trace.h. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "trace.h"

enum { VERSION = 1 };

/* --- writing --- */

static void put_text(json_t *object, const char *key, const char *text)
{
	if (text)
		json_object_set_new(object, key, json_string(text));
}

static void put_line(FILE *out, json_t *object)
{
	char *line = json_dumps(object, JSON_COMPACT);

	if (!line)
		mem_exhausted();
	fprintf(out, "%s\n", line);
	free(line);
	json_decref(object);
}

static json_t *head_of(const struct trace *trace)
{
	json_t *head = json_object(), *threads = json_array();

	json_object_set_new(head, "trace", json_integer(VERSION));
	put_text(head, "program", trace->program);
	for (size_t i = 0; i < trace->thread_count; i++)
		json_array_append_new(threads, json_string(trace->threads[i]));
	json_object_set_new(head, "threads", threads);
	put_text(head, "lost", trace->lost);
	if (trace->threads_left_out || trace->steps_left_out)
		json_object_set_new(head, "left_out",
				    json_pack("{s:I,s:I}", "threads", (json_int_t)trace->threads_left_out, "steps",
					      (json_int_t)trace->steps_left_out));
	return head;
}

static json_t *line_of(const struct trace_step *step, size_t index)
{
	json_t *line = json_object();

	json_object_set_new(line, "step", json_integer((json_int_t)index + 1));
	json_object_set_new(line, "thread", json_integer(step->thread));
	put_text(line, "does", trace_does_word(step->does));
	if (step->other >= 0)
		json_object_set_new(line, "other", json_integer(step->other));
	put_text(line, "on", step->on);
	put_text(line, "name", step->name);
	if (step->name)
		json_object_set_new(line, "value", json_integer(step->value));
	if (step->times)
		json_object_set_new(line, "times", json_integer(step->times));
	put_text(line, "kind", step->kind);
	put_text(line, "detector", step->detector);
	put_text(line, "file", step->file);
	if (step->line)
		json_object_set_new(line, "line", json_integer(step->line));
	put_text(line, "in", step->in);
	if (step->after_count) {
		json_t *after = json_array();
		for (size_t i = 0; i < step->after_count; i++)
			json_array_append_new(after, json_integer((json_int_t)step->after[i] + 1));
		json_object_set_new(line, "after", after);
	}
	return line;
}

void trace_write(FILE *out, const struct trace *trace)
{
	put_line(out, head_of(trace));
	for (size_t i = 0; i < trace->count; i++)
		put_line(out, line_of(&trace->steps[i], i));
}

/* --- reading --- */

static bool take_text(const json_t *object, const char *key, char **text)
{
	const json_t *value = json_object_get(object, key);

	if (value && !json_is_string(value))
		return false;
	*text = value ? mem_copy(json_string_value(value)) : NULL;
	return true;
}

/* False when it is there and no number, or not within these. */
static bool take_number(const json_t *object, const char *key, long long least, long long most, long long *number)
{
	const json_t *value = json_object_get(object, key);

	if (!value)
		return true;
	*number = json_integer_value(value);
	return json_is_integer(value) && *number >= least && *number <= most;
}

static bool take_does(const json_t *object, enum trace_does *does)
{
	const char *word = json_string_value(json_object_get(object, "does"));

	for (int i = 0; word && i < TRACE_DOES; i++)
		if (strcmp(word, trace_does_word((enum trace_does)i)) == 0) {
			*does = (enum trace_does)i;
			return true;
		}
	return false;
}

static bool take_head(const json_t *head, struct trace *trace)
{
	const json_t *threads = json_object_get(head, "threads"), *left_out = json_object_get(head, "left_out");
	long long version = 0, left_threads = 0, left_steps = 0;

	if (!take_number(head, "trace", VERSION, VERSION, &version) || !version || !json_is_array(threads) ||
	    !take_text(head, "program", &trace->program) || !trace->program || !take_text(head, "lost", &trace->lost))
		return false;
	for (size_t i = 0; i < json_array_size(threads); i++) {
		const char *name = json_string_value(json_array_get(threads, i));
		if (!name)
			return false;
		trace_add_thread(trace, name);
	}
	if (left_out && (!take_number(left_out, "threads", 0, INT32_MAX, &left_threads) ||
			 !take_number(left_out, "steps", 0, INT32_MAX, &left_steps)))
		return false;
	trace->threads_left_out = (size_t)left_threads;
	trace->steps_left_out = (size_t)left_steps;
	return true;
}

static bool take_after(const json_t *line, struct trace_step *step, size_t index)
{
	const json_t *after = json_object_get(line, "after");

	if (after && !json_is_array(after))
		return false;
	for (size_t i = 0; i < json_array_size(after); i++) {
		const json_t *one = json_array_get(after, i);
		long long number = json_integer_value(one);
		if (!json_is_integer(one) || number < 1 || (size_t)number > index)
			return false;
		trace_step_after(step, (size_t)number - 1);
	}
	return true;
}

static bool take_step(const json_t *line, struct trace *trace)
{
	const size_t index = trace->count;
	const long long last = (long long)trace->thread_count - 1;
	long long number = -1, thread = -1, other = -1, in_source = 0, times = 0;
	enum trace_does does;

	if (!take_number(line, "step", (long long)index + 1, (long long)index + 1, &number) || number < 0 ||
	    !take_number(line, "thread", 0, last, &thread) || thread < 0 || !take_does(line, &does))
		return false;
	struct trace_step *step = trace_add(trace, (int)thread, does);
	bool good =
		take_number(line, "other", 0, last, &other) && take_number(line, "line", 1, INT32_MAX, &in_source) &&
		take_number(line, "times", 1, INT32_MAX, &times) &&
		take_number(line, "value", INT64_MIN, INT64_MAX, &step->value) && take_text(line, "on", &step->on) &&
		take_text(line, "name", &step->name) && take_text(line, "kind", &step->kind) &&
		take_text(line, "detector", &step->detector) && take_text(line, "file", &step->file) &&
		take_text(line, "in", &step->in) && take_after(line, step, index);
	step->other = (int)other;
	step->line = (int)in_source;
	step->times = (int)times;
	return good;
}

bool trace_read(FILE *in, struct trace *trace, char **error)
{
	char *line = NULL;
	size_t room = 0, number = 0;
	bool good = true;

	*trace = (struct trace){0};
	*error = NULL;
	while (good && getline(&line, &room, in) > 0) {
		json_t *object = json_loads(line, 0, NULL);
		good = object && (number ? take_step(object, trace) : take_head(object, trace));
		json_decref(object);
		number++;
	}
	free(line);
	if (!number)
		*error = mem_copy("it is empty");
	else if (!good)
		*error = number == 1 ? mem_copy("line 1 is not the head of a trace")
				     : mem_format("line %zu is not a step of a trace", number);
	if (*error)
		trace_release(trace);
	return !*error;
}
