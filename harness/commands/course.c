/* See course.h. */
#include "course.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "exec/sandbox.h"
#include "report/report.h"

/* --- what is asked for --- */

int course_find_exercises(struct course *course, const struct operands *operands)
{
	const struct catalogue *catalogue = &course->workbook.catalogue;

	course->starters = mem_zeroed((size_t)operands->count + 1, sizeof *course->starters);
	course->rubrics = mem_zeroed((size_t)operands->count + 1, sizeof *course->rubrics);
	for (int i = 0; i < operands->count; i++) {
		struct named named;
		char *error;
		if (find_named(catalogue, operands->items[i], false, &named) != 0)
			return STATUS_BAD_INPUT;
		const struct program *starter = catalogue_program(catalogue, named.pitfall, "starter");
		if (!starter)
			return bad_input("'%s' has no exercise", named.pitfall);
		for (size_t j = 0; j < course->count; j++)
			if (course->starters[j] == starter)
				return bad_input("'%s' is named twice", named.pitfall);
		if (rubric_load(&course->rubrics[course->count], catalogue->root, named.pitfall, &error) != 0) {
			int status = bad_input("%s", error);
			free(error);
			return status;
		}
		course->starters[course->count++] = starter;
	}
	return 0;
}

/* Those of the slice are left. */
static void cut_slice(struct course *course)
{
	struct submissions *all = &course->all;
	size_t kept = 0;

	for (size_t i = 0; i < all->count; i++) {
		struct submissions_entry entry = all->items[i];
		if ((long)i % course->slice.of == course->slice.number) {
			all->items[kept++] = entry;
			continue;
		}
		free(entry.person);
		free(entry.path);
	}
	all->count = kept;
}

/* What cannot be graded keeps nobody else from it. */
static void name_others(const struct submissions *all)
{
	for (size_t i = 0; i < all->other_count; i++) {
		char *path = text_escape(all->others[i]);
		fprintf(stderr,
			"loose: '%s' is not graded: it is not a folder, a .zip or a .tar.gz; pack it as one, or take it away\n",
			path);
		free(path);
	}
}

static int open_folders(struct course *course)
{
	char *own = course->sliced ? slice_folder(course->out, &course->slice) : mem_copy(course->out);
	char *error = NULL, *path = mem_format("%s/state.db", own);
	int status = 0;

	if (submissions_find(&course->all, course->submissions, &error) != 0)
		status = bad_input("%s", error);
	else if (mkdir(course->out, 0777) != 0 && errno != EEXIST)
		status = bad_input("cannot make '%s': %s", course->out, strerror(errno));
	else if (state_open(&course->state, path, &error) != 0)
		status = cannot_judge("%s", error);
	if (status == 0 && course->sliced)
		cut_slice(course);
	else if (status == 0)
		name_others(&course->all);
	free(error);
	free(path);
	free(own);
	return status;
}

/* A stranger's program is not run as the one who grades without a word. */
static int require_sandbox(const struct course *course)
{
	if (course->no_sandbox) {
		fputs("loose: without a sandbox: what is handed in is compiled and run as you, and can read and write "
		      "what you can\n",
		      stderr);
		return 0;
	}
	char *problem = sandbox_problem(course->workbook.loop.root);
	int status =
		problem ? cannot_judge("%s; --no-sandbox grades without, on a machine that may break", problem) : 0;
	char *limits = problem ? NULL : sandbox_limits(course->workbook.loop.root);
	if (limits)
		fprintf(stderr, "The sandbox: %s\n", limits);
	free(limits);
	free(problem);
	return status;
}

static int hidden_is_bad(char *line)
{
	int status = bad_input("%s", line);

	free(line);
	return status;
}

/* Of all exercises; where one of them has none, that is said. */
int course_find_hidden(struct course *course)
{
	const char *root = course->workbook.loop.root;
	char *error = hidden_problem(course->hidden_folder, root);
	size_t found = 0;

	if (error)
		return hidden_is_bad(error);
	course->hidden = mem_zeroed(course->count, sizeof *course->hidden);
	for (size_t i = 0; i < course->count; i++) {
		const char *pitfall = course->starters[i]->pitfall;
		if (hidden_load(&course->hidden[i], course->hidden_folder, root, pitfall, &error) != 0)
			return hidden_is_bad(error);
		found += course->hidden[i].folder != NULL;
		if (!course->hidden[i].folder)
			fprintf(stderr, "loose: '%s' has no hidden tests for %s\n", course->hidden_folder, pitfall);
	}
	return found ? 0
		     : bad_input("'%s' has no hidden tests for what is graded; they belong in '%s/%s'",
				 course->hidden_folder, course->hidden_folder, course->starters[0]->pitfall);
}

/* It is compiled and run by the user who compiles the tests. */
int course_refuse_secrets(void)
{
	return bad_input(
		"without a sandbox what is handed in runs as the user who reads the hidden tests, and can read "
		"them too; leave out --hidden or --no-sandbox");
}

int course_prepare(struct course *course, const struct operands *operands)
{
	if (!course->submissions || !course->out)
		return bad_input("grade takes --submissions DIR and --out DIR; './loose grade --help' tells more");
	if (course->sliced && !slice_read(course->sliced, &course->slice))
		return bad_input("'%s' is not a slice; the first one of ten is 0/10", course->sliced);
	if (course->hidden_folder && course->no_sandbox)
		return course_refuse_secrets();
	int status = require_sandbox(course);
	if (status == 0)
		status = course_find_exercises(course, operands);
	if (status == 0 && course->hidden_folder)
		status = course_find_hidden(course);
	return status ? status : open_folders(course);
}

void course_release(struct course *course)
{
	for (size_t i = 0; i < course->count; i++) {
		rubric_release(&course->rubrics[i]);
		if (course->hidden)
			hidden_release(&course->hidden[i], course->workbook.loop.root);
	}
	free(course->hidden);
	free(course->rubrics);
	free(course->starters);
	submissions_release(&course->all);
	state_close(&course->state);
}

/* --- who grades it, and how far that is --- */

/* For the caller to free. The others' pace says nothing of one that may not end by itself. */
static char *time_left(const struct course *course, size_t left, long slow_ms)
{
	char *all = progress_left(course->fresh, left, clock_now_ms() - course->first_ms);

	if (!slow_ms)
		return all;
	char *both = mem_format("%s; one takes long, up to %ld s more", all, slow_ms / 1000 + 1);
	free(all);
	return both;
}

static void on_graded(void *context, const char *person, const char *pitfall, bool fresh, long slow_ms)
{
	struct course *course = context;
	size_t all = course->all.count * course->count;

	course->done++;
	course->fresh += fresh;
	char *left = time_left(course, all - course->done, slow_ms);
	if (course->style.terminal)
		fprintf(stderr, "\r\033[K%zu of %zu graded%s", course->done, all, left);
	char *name = text_escape(person);
	if (!course->style.terminal && fresh)
		fprintf(stderr, "%zu of %zu graded%s: %s %s\n", course->done, all, left, name, pitfall);
	fflush(stderr);
	free(name);
	free(left);
}

struct grader course_grader(struct course *course)
{
	return (struct grader){.workbook = &course->workbook,
			       .submissions = &course->all,
			       .starters = course->starters,
			       .rubrics = course->rubrics,
			       .hidden = course->hidden,
			       .exercise_count = course->count,
			       .state = &course->state,
			       .options = {.jobs = (int)course->jobs,
					   .repeat = 1,
					   .fresh = true,
					   .deadline_ms = course->timeout * 1000},
			       .sandboxed = !course->no_sandbox,
			       .race_repeat = (unsigned)course->repeat,
			       .graded = on_graded,
			       .context = course};
}
