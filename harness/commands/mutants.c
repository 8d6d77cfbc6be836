#include "mutants.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "report/mutants.h"
#include "verdict/detector.h"

/* The list of an exercise. */
struct list {
	const char *pitfall; /* the catalogue's */
	char *path;	     /* relative to the root; there need be no such file */
	struct equivalents all;
};

struct mutation {
	const struct mutants_request *request;
	const char *root;
	struct list *lists;
	size_t list_count;
	struct mutant_results results;
	struct program *programs; /* of the results, in their order */
	size_t *stage;		  /* of the tasks in hand: which result each belongs to */
	struct tasks tasks;
	bool last; /* who is not refused in this stage has survived */
	struct progress progress;
	int status;
};

/* --- lists --- */

static struct list *list_of(struct mutation *mutation, const char *pitfall)
{
	for (size_t i = 0; i < mutation->list_count; i++)
		if (strcmp(mutation->lists[i].pitfall, pitfall) == 0)
			return &mutation->lists[i];
	return NULL;
}

static void read_list(struct mutation *mutation, const char *pitfall)
{
	struct list list = {.pitfall = pitfall, .path = mem_format("solutions/%s/equivalent.txt", pitfall)};
	char *full = mem_format("%s/%s", mutation->root, list.path), *text = file_read(full);
	char *problem = text ? equivalents_read(&list.all, list.path, text) : NULL;

	if (problem)
		mutation->status = bad_input("%s", problem);
	free(problem);
	free(text);
	free(full);
	mutation->lists = mem_resize(mutation->lists, mutation->list_count + 1, sizeof list);
	mutation->lists[mutation->list_count++] = list;
}

/* Every line of a list must name a mutant, and one that nobody refuses. */
static void check_lists(struct mutation *mutation)
{
	for (size_t i = 0; i < mutation->list_count; i++)
		for (size_t j = 0; j < mutation->lists[i].all.count; j++) {
			const struct equivalent *one = &mutation->lists[i].all.items[j];
			if (!one->met)
				mutation->status = bad_input("%s:%d: there is no such mutant; take the line away, or "
							     "make it follow the program",
							     mutation->lists[i].path, one->line);
		}
	for (size_t i = 0; i < mutation->results.count; i++) {
		const struct mutant_result *one = &mutation->results.items[i];
		if (!one->listed || (one->fate != MUTANT_REFUSED && one->fate != MUTANT_DOES_NOT_COMPILE))
			continue;
		mutation->status = bad_input("%s:%d: this mutant is %s; take the line away",
					     list_of(mutation, one->original->pitfall)->path, one->listed->line,
					     one->fate == MUTANT_REFUSED ? "refused" : "no program");
	}
}

/* --- making --- */

/* The program's name in its exercise, as the list has it: "toll", "also-right/queue". */
static char *name_in_list(const struct program *program)
{
	const char *slash = strrchr(program->path, '/');

	if (program->role == ROLE_SOLUTION)
		return mem_copy_n(slash + 1, strlen(slash + 1) - 2);
	return mem_copy(program->name);
}

/* Of the bounds of the budget the right program says what they are. What it calls a false alarm is not asked. */
static void declare(struct program *program, const struct program *original)
{
	const struct declaration *own = &original->declaration;
	const char *bounds = NULL;

	for (size_t i = 0; i < own->count; i++)
		if (own->items[i].bounds)
			bounds = own->items[i].bounds;
	declaration_right(&program->declaration, bounds ? bounds : "threads at exit <= 1");
	program->declared = program->submission = true;
}

static bool is_asked(const struct program *original, const struct detector *detector)
{
	const struct expectation *expected = declaration_of(&original->declaration, detector);

	return expected && (expected->word == WORD_SILENT || expected->word == WORD_PASSES);
}

/* Leaves a file alone that is as it should be, so that nothing is built anew. */
static int write_source(struct mutation *mutation, const char *path, const char *text)
{
	char *full = mem_format("%s/%s", mutation->root, path), *old = file_read(full);
	bool same = old && strcmp(old, text) == 0;
	int status = 0;

	if (!same) {
		file_make_folders(full);
		FILE *file = fopen(full, "w");
		bool good = file && fputs(text, file) >= 0;
		good = file && fclose(file) == 0 && good;
		status = good ? 0 : cannot_judge("cannot write '%s': %s", full, strerror(errno));
	}
	free(old);
	free(full);
	return status;
}

/* "build/mutants/NN-name/pitfall/also-right-queue/no-join.stop.2.c" */
static char *path_of(const struct mutation *mutation, size_t index)
{
	const struct mutant_result *all = mutation->results.items, *one = &all[index];
	char *list_name = name_in_list(one->original), *change = mem_copy(one->mutant.change);
	int nth = 1;

	for (size_t i = 0; i < index; i++)
		nth += all[i].original == one->original && strcmp(all[i].mutant.change, one->mutant.change) == 0 &&
		       strcmp(all[i].mutant.function, one->mutant.function) == 0;
	for (char *at = list_name; (at = strchr(at, '/'));)
		*at = '-';
	for (char *at = change; (at = strchr(at, ' '));)
		*at = '-';
	char *path = mem_format("build/mutants/%s/%s/%s.%s.%d.c", one->original->pitfall, list_name, change,
				one->mutant.function, nth);
	free(change);
	free(list_name);
	return path;
}

static void mutate(struct mutation *mutation, const struct program *original)
{
	struct mutants made = {0};
	char *name = name_in_list(original);

	if (!list_of(mutation, original->pitfall))
		read_list(mutation, original->pitfall);
	mutants_make(&made, original->source);
	for (size_t i = 0; i < made.count; i++) {
		struct equivalent *listed =
			equivalents_find(&list_of(mutation, original->pitfall)->all, name, &made.items[i]);
		struct mutant_results *all = &mutation->results;
		if (listed)
			listed->met = true;
		all->items = mem_resize(all->items, all->count + 1, sizeof *all->items);
		all->items[all->count++] =
			(struct mutant_result){.original = original, .mutant = made.items[i], .listed = listed};
	}
	free(made.items);
	free(name);
}

/* What is left of mutants that are no more would be compiled by nobody, and read by people. */
static void remove_stale(const struct mutation *mutation)
{
	for (size_t i = 0; i < mutation->results.count; i++) {
		char *folder = mem_copy(mutation->programs[i].path);
		*strrchr(folder, '/') = '\0';
		bool seen = i && strncmp(folder, mutation->programs[i - 1].path, strlen(folder)) == 0 &&
			    mutation->programs[i - 1].path[strlen(folder)] == '/';
		char **files = seen ? NULL : files_in(mutation->root, folder, "c");
		for (char **file = files; file && *file; file++) {
			bool known = false;
			for (size_t j = i; j < mutation->results.count && !known; j++)
				known = strcmp(*file, mutation->programs[j].path) == 0;
			char *full = mem_format("%s/%s", mutation->root, *file);
			if (!known)
				unlink(full);
			free(full);
		}
		if (files)
			files_free(files);
		free(folder);
	}
}

static void make_all(struct mutation *mutation)
{
	const struct mutants_request *request = mutation->request;
	const struct catalogue *catalogue = &request->workbook->catalogue;

	for (size_t i = 0; i < catalogue->count; i++) {
		const struct program *program = &catalogue->programs[i];
		bool right = program->role == ROLE_SOLUTION || program->role == ROLE_ALSO_RIGHT;
		if (right && program->declared && request->wanted(request->context, program))
			mutate(mutation, program);
	}
	mutation->programs = mem_zeroed(mutation->results.count + 1, sizeof *mutation->programs);
	for (size_t i = 0; i < mutation->results.count && mutation->status == 0; i++) {
		const struct mutant_result *one = &mutation->results.items[i];
		struct program *program = &mutation->programs[i];
		*program = (struct program){.pitfall = one->original->pitfall,
					    .name = (char *)one->mutant.change,
					    .path = path_of(mutation, i),
					    .role = ROLE_WRONG};
		declare(program, one->original);
		mutation->status = write_source(mutation, program->path, one->mutant.source);
	}
	if (mutation->status == 0)
		remove_stale(mutation);
}

/* --- judging --- */

static void decide(struct mutant_result *one, enum fate fate, const struct result *result)
{
	const char *why = result->verdict.why ? result->verdict.why : result->seen.why;

	one->fate = fate;
	one->by = result->detector;
	one->why = why ? mem_copy(why) : NULL;
}

/*
 * Whether the compiler blames a line of the mutant. Its includes are the right program's, which compiles. Words on another
 * file, a header that is not there, or the linker's tell that a part of the harness is missing or is being changed meanwhile.
 */
static bool is_blamed(const char *words, const char *path)
{
	size_t length = strlen(path);

	for (const char *line = words; line; line = strchr(line, '\n'), line += line != NULL) {
		const char *error = strstr(line, ": error: "), *end = line + strcspn(line, "\n");
		if (error && error < end && strncmp(line, path, length) == 0 && line[length] == ':')
			return true;
	}
	return false;
}

static void decide_unbuilt(struct mutant_result *one, const struct result *result)
{
	const char *words = strchr(result->seen.why, '\n');

	if (is_blamed(words, result->program->path)) {
		decide(one, MUTANT_DOES_NOT_COMPILE, result);
	} else {
		one->fate = MUTANT_UNJUDGED;
		one->by = result->detector;
		one->why = mem_format("it was not built: %s", words ? words + 1 : result->seen.why);
	}
}

/*
 * A hang is refused by the tests' own patience. That the run as a whole was over its deadline says nothing of the
 * mutant: a busy machine may be slow.
 */
static void judge_one(struct mutant_result *one, const struct result *result, bool last)
{
	const struct observation *seen = &result->seen;

	if (result->bad_input)
		decide_unbuilt(one, result);
	else if (seen->fault == FAULT_DETECTOR || (seen->fault == FAULT_PROGRAM && seen->ending == ENDED_LATE))
		decide(one, MUTANT_UNJUDGED, result);
	else if (!result->verdict.agrees && seen->fault != FAULT_UNFIT)
		decide(one, MUTANT_REFUSED, result);
	else if (last)
		one->fate = MUTANT_SURVIVED;
}

static void show(struct mutation *mutation, size_t task)
{
	const struct mutant_result *one = &mutation->results.items[mutation->stage[task]];
	char *doing = mem_format("%s: %s under %s", one->original->pitfall, one->mutant.change,
				 mutation->tasks.items[task].detector->name);

	progress_show(&mutation->progress, doing);
	free(doing);
}

static void on_started(void *context, size_t task)
{
	show(context, task);
}

static void on_result(void *context, size_t task, const struct result *result)
{
	struct mutation *mutation = context;
	struct mutant_result *one = &mutation->results.items[mutation->stage[task]];

	judge_one(one, result, mutation->last);
	if (one->fate != MUTANT_OPEN)
		progress_note(&mutation->progress, result);
	show(mutation, task);
}

/* Asks one detector about all that nobody has refused. */
static void judge_stage(struct mutation *mutation, const struct detector *detector)
{
	static const struct judging_events events = {.started = on_started, .result = on_result};
	struct judging_options options = *mutation->request->options;
	struct results results = {0};
	char *error = NULL;

	options.first_failure = true;
	for (size_t i = 0; i < mutation->results.count; i++) {
		struct mutant_result *one = &mutation->results.items[i];
		if (one->fate != MUTANT_OPEN)
			continue;
		if (!is_asked(one->original, detector)) {
			one->fate = mutation->last ? MUTANT_SURVIVED : MUTANT_OPEN;
			continue;
		}
		mutation->stage[mutation->tasks.count] = i;
		tasks_add(&mutation->tasks, &mutation->programs[i], detector);
	}
	judge_all(mutation->request->workbook, &mutation->tasks, &options, &events, mutation, &results, &error);
	if (error)
		mutation->status = cannot_judge("%s", error);
	free(error);
	results_release(&results);
	tasks_release(&mutation->tasks);
}

static size_t add_stages(const struct detector **stages, bool bounded, bool heavy)
{
	size_t count = 0;

	for (size_t i = 0; detectors[i]; i++)
		if (detectors[i]->heavy == heavy && detectors[i]->bounded == bounded && !detectors[i]->optional)
			stages[count++] = detectors[i];
	return count;
}

/*
 * Those that cost little first. What runs the tests in our own runner knows a deadlock at once, where Criterion waits until
 * the test's time is over: so the plain run comes second.
 */
static size_t order_stages(const struct detector **stages)
{
	size_t count = add_stages(stages, true, false);

	stages[count++] = detector_of_tests();
	count += add_stages(stages + count, false, false);
	count += add_stages(stages + count, true, true);
	return count + add_stages(stages + count, false, true);
}

static void judge_mutants(struct mutation *mutation)
{
	const int *interrupted = &mutation->request->workbook->loop.interrupted;
	size_t most = 2;

	while (detectors[most - 2])
		most++;
	const struct detector **stages = mem_zeroed(most, sizeof(struct detector *));
	size_t count = order_stages(stages);
	mutation->stage = mem_zeroed(mutation->results.count + 1, sizeof *mutation->stage);
	progress_start(&mutation->progress, stderr, style_of(stderr), mutation->results.count);
	for (size_t i = 0; i < count && mutation->status == 0 && !*interrupted; i++) {
		mutation->last = i + 1 == count;
		judge_stage(mutation, stages[i]);
	}
	progress_end(&mutation->progress);
	free(stages);
}

/* --- the end --- */

static size_t count_open(const struct mutation *mutation)
{
	size_t open = 0;

	for (size_t i = 0; i < mutation->results.count; i++)
		open += mutation->results.items[i].fate == MUTANT_OPEN;
	return open;
}

static int tell(struct mutation *mutation)
{
	const struct mutants_request *request = mutation->request;
	FILE *out = output_is_standard(request->json_path) ? stderr : stdout;
	struct mutant_tally tally = mutants_tally(&mutation->results);

	report_mutants(out, style_of(out), &mutation->results);
	fflush(out);
	check_lists(mutation);
	if (mutation->status == 0 && tally.unjudged)
		mutation->status = STATUS_CANNOT_JUDGE;
	if (mutation->status == 0 && tally.survived)
		mutation->status = STATUS_DISAGREES;
	if (request->json_path) {
		report_mutants_json(request->json->file, &mutation->results);
		int written = output_close(request->json);
		return written ? written : mutation->status;
	}
	return mutation->status;
}

static void release(struct mutation *mutation)
{
	struct mutants made = {0};

	made.items = mem_zeroed(mutation->results.count + 1, sizeof *made.items);
	for (size_t i = 0; i < mutation->results.count; i++) {
		made.items[made.count++] = mutation->results.items[i].mutant;
		free(mutation->results.items[i].why);
		free(mutation->programs[i].path);
		declaration_release(&mutation->programs[i].declaration);
	}
	mutants_release(&made);
	for (size_t i = 0; i < mutation->list_count; i++) {
		equivalents_release(&mutation->lists[i].all);
		free(mutation->lists[i].path);
	}
	free(mutation->lists);
	free(mutation->results.items);
	free(mutation->programs);
	free(mutation->stage);
}

int verify_mutants(const struct mutants_request *request)
{
	struct workbook *workbook = request->workbook;
	struct mutation mutation = {.request = request, .root = workbook->loop.root};

	mutation.status = ensure_trust(workbook, detectors, request->options);
	make_all(&mutation);
	if (mutation.status == 0)
		judge_mutants(&mutation);
	if (workbook->loop.interrupted) {
		fprintf(stderr, "loose: interrupted; %zu of %zu mutants were decided, and their verdicts are kept\n",
			mutation.results.count - count_open(&mutation), mutation.results.count);
		mutation.status = 128 + workbook->loop.interrupted;
	} else if (mutation.status == 0) {
		mutation.status = tell(&mutation);
	}
	output_discard(request->json);
	release(&mutation);
	return mutation.status;
}
