/* `grade --slurm`: a course on a cluster. See slurm.h. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "course.h"
#include "report/report.h"

enum { SLICE = 20 };

static void on_looked(void *context, long done, long all)
{
	struct course *course = context;

	if (done == (long)course->fresh)
		return;
	course->fresh = (size_t)done;
	char *left = progress_left(course->fresh, (size_t)(all - done), clock_now_ms() - course->first_ms);
	fprintf(stderr, course->style.terminal ? "\r\033[K%ld of %ld slices graded%s" : "%ld of %ld slices graded%s\n",
		done, all, left);
	free(left);
}

/* What a task runs, for files_free(): this command, by absolute paths. */
static char **task_of(const struct course *course)
{
	char **words = mem_zeroed(course->count + 16, sizeof *words), *in = realpath(course->submissions, NULL),
	     *out = realpath(course->out, NULL);
	size_t count = 0;

	words[count++] = mem_format("%s/build/loose", course->workbook.loop.root);
	words[count++] = mem_copy("grade");
	for (size_t i = 0; i < course->count; i++)
		words[count++] = mem_copy(course->starters[i]->pitfall);
	words[count++] = mem_format("--submissions=%s", in);
	words[count++] = mem_format("--out=%s", out);
	words[count++] = mem_format("--repeat=%ld", course->repeat);
	words[count++] = mem_format("--timeout=%ld", course->timeout);
	if (course->jobs)
		words[count++] = mem_format("--jobs=%ld", course->jobs);
	if (course->no_sandbox)
		words[count++] = mem_copy("--no-sandbox");
	char *hidden = course->hidden_folder ? realpath(course->hidden_folder, NULL) : NULL;
	if (hidden)
		words[count++] = mem_format("--hidden=%s", hidden);
	free(hidden);
	free(in);
	free(out);
	return words;
}

int course_grade_on_cluster(struct course *course)
{
	struct grader grader = course_grader(course);
	long most = (long)course->all.count, slices = course->slices ? course->slices : (most + SLICE - 1) / SLICE;
	char **command = task_of(course), *out = realpath(course->out, NULL), *error = NULL;
	struct cluster cluster = {.loop = &course->workbook.loop,
				  .out = out,
				  .slices = slices < most ? slices : most,
				  .command = command,
				  .share = !course->jobs,
				  .state = &course->state,
				  .looked = on_looked,
				  .context = course};
	int status = 0;

	/* The tasks find all that submissions are linked with. */
	if (grader_prepare(&grader, &error) != 0 || cluster_grade(&cluster, &error) != 0)
		status = cannot_judge("%s", error);
	course->fresh = course->all.count * course->count;
	files_free(command);
	free(error);
	free(out);
	return status;
}
