/* Results for tools that read them: schema loose-threads/verify/1. */
#include "parts.h"

#include <errno.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/files.h"
#include "base/mem.h"
#include "verdict/detector.h"

json_t *report_json_text(const char *bytes)
{
	if (!bytes)
		return json_null();
	json_t *string = json_string(bytes);
	if (string)
		return string;
	char *clean = mem_copy(bytes);
	for (char *byte = clean; *byte; byte++)
		if ((unsigned char)*byte >= 0x80)
			*byte = '?';
	string = json_string(clean);
	free(clean);
	return string;
}

static json_t *findings(const char *root, const struct findings *all)
{
	json_t *array = json_array();

	for (size_t i = 0; i < all->count; i++) {
		const struct finding *finding = &all->items[i];
		json_t *object = json_object();
		json_object_set_new(object, "kind", report_json_text(finding->kind));
		json_object_set_new(object, "function", report_json_text(finding->function));
		json_object_set_new(object, "file",
				    report_json_text(finding->file ? below_root(root, finding->file) : NULL));
		json_object_set_new(object, "line", json_integer(finding->line));
		json_object_set_new(object, "words", report_json_text(finding->words));
		json_array_append_new(array, object);
	}
	return array;
}

/* Where a thread stood: innermost own frame. */
static json_t *standing(const char *root, const struct stack *stack)
{
	json_t *object = json_object();
	const struct frame *own = NULL;

	for (size_t i = 0; i < stack->count && !own; i++)
		if (stack->frames[i].own)
			own = &stack->frames[i];
	json_object_set_new(object, "thread", report_json_text(stack->role));
	json_object_set_new(object, "function", report_json_text(own ? own->function : NULL));
	json_object_set_new(object, "file", report_json_text(own && own->file ? below_root(root, own->file) : NULL));
	json_object_set_new(object, "line", json_integer(own ? own->line : 0));
	return object;
}

/* How the program ended; what it wrote, where the run was one of now. */
static json_t *ending(const char *root, const struct observation *seen)
{
	static const char *const names[] = {
		[ENDED_BY_ITSELF] = "exit",  [ENDED_BY_SIGNAL] = "signal",	  [ENDED_DEADLOCKED] = "deadlock",
		[ENDED_IDLE] = "idle",	     [ENDED_UNSIGNALLED] = "unsignalled", [ENDED_LATE] = "deadline",
		[ENDED_FLOODING] = "flood",  [ENDED_AT_A_CALL] = "call",	  [ENDED_REPLACED] = "exec",
		[ENDED_LEAVING] = "leaving", [ENDED_OUT_OF_MEMORY] = "memory",	  [ENDED_UNKNOWN] = "unknown"};
	json_t *object = json_object(), *threads = json_array();

	json_object_set_new(object, "how", report_json_text(names[seen->ending]));
	json_object_set_new(object, "status",
			    seen->ending == ENDED_BY_ITSELF ? json_integer(seen->status) : json_null());
	json_object_set_new(object, "signal",
			    seen->ending == ENDED_BY_SIGNAL ? json_integer(seen->signal) : json_null());
	for (size_t i = 0; i < seen->standing_count; i++)
		json_array_append_new(threads, standing(root, &seen->standing[i]));
	json_object_set_new(object, "threads", threads);
	json_object_set_new(object, "stdout", report_json_text(seen->output));
	json_object_set_new(object, "stderr", report_json_text(seen->errors));
	return object;
}

static json_t *result_object(const char *root, const struct result *result)
{
	json_t *object = json_object();

	json_object_set_new(object, "pitfall", report_json_text(result->program->pitfall));
	json_object_set_new(object, "program", report_json_text(result->program->name));
	json_object_set_new(object, "path", report_json_text(result->program->path));
	json_object_set_new(object, "detector", report_json_text(result->detector->name));
	json_object_set_new(object, "declared",
			    report_json_text(result->expected ? word_name(result->expected->word) : NULL));
	json_object_set_new(object, "observed", report_json_text(observed_name(result->verdict.observed)));
	json_object_set_new(object, "agrees", json_boolean(result->verdict.agrees));
	json_object_set_new(object, "runs", json_integer(result->runs));
	json_object_set_new(object, "fired", json_integer(result->fired));
	json_object_set_new(object, "cached", json_boolean(result->cached));
	json_object_set_new(object, "cpu_ms", json_integer(result->cpu_ms));
	json_object_set_new(object, "wall_ms", json_integer(result->wall_ms));
	json_object_set_new(object, "peak_kib", json_integer(result->peak_kib));
	json_object_set_new(object, "why", report_json_text(result->verdict.why));
	json_object_set_new(object, "end", ending(root, &result->seen));
	json_object_set_new(object, "findings", findings(root, &result->seen.findings));
	if (result->seen.measured)
		json_object_set(object, result->detector->name, result->seen.measured);
	return object;
}

int report_json_write(FILE *out, const json_t *document)
{
	errno = 0;
	if (json_dumpf(document, out, JSON_INDENT(1)) != 0) {
		errno = errno ? errno : EIO;
		return -1;
	}
	putc('\n', out);
	return file_flushed(out);
}

json_t *report_json_toolchain(const struct toolchain *toolchain)
{
	json_t *object = json_object();

	json_object_set_new(object, "clang", report_json_text(toolchain->clang));
	json_object_set_new(object, "valgrind", report_json_text(toolchain->valgrind));
	json_object_set_new(object, "glibc", report_json_text(toolchain->glibc));
	json_object_set_new(object, "kernel", report_json_text(toolchain->kernel));
	return object;
}

static json_t *summary_object(const struct results *results)
{
	struct tally tally = tally_of(results);
	json_t *object = json_object();

	json_object_set_new(object, "checked", json_integer((json_int_t)tally.checked));
	json_object_set_new(object, "agree", json_integer((json_int_t)tally.agree));
	json_object_set_new(object, "disagree", json_integer((json_int_t)tally.disagree));
	json_object_set_new(object, "errors", json_integer((json_int_t)tally.errors));
	json_object_set_new(object, "wall_ms", json_integer(results->wall_ms));
	json_object_set_new(object, "cpu_ms", json_integer(results->cpu_ms));
	return object;
}

int report_json(FILE *out, const char *root, const struct toolchain *toolchain, const struct results *results)
{
	json_t *document = json_object(), *array = json_array();

	json_object_set_new(document, "schema", json_string("loose-threads/verify/1"));
	json_object_set_new(document, "toolchain", report_json_toolchain(toolchain));
	for (size_t i = 0; i < results->count; i++)
		json_array_append_new(array, result_object(root, &results->items[i]));
	json_object_set_new(document, "results", array);
	json_object_set_new(document, "summary", summary_object(results));

	int status = report_json_write(out, document);
	json_decref(document);
	return status;
}
