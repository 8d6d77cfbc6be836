/* A class of submissions: all that one command may be asked for, so it is long. What counts is decided in grading/. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "command.h"
#include "exec/sandbox.h"
#include "grades.h"
#include "grading/autograder.h"
#include "grading/grader.h"
#include "report/report.h"
#include "slurm.h"
#include "verdict/detector.h"

struct course {
	const char *submissions, *out;
	const char *hidden_folder; /* NULL: no hidden tests */
	long jobs, repeat, timeout;
	bool no_sandbox, rubric, slurm, gradescope;
	long slices;	    /* 0: one for each 20 submissions */
	const char *sliced; /* what this command is to grade of them, "3/10" */
	struct slice slice; /* of 0: all */
	struct workbook workbook;
	struct submissions all;
	const struct program **starters;
	struct rubric *rubrics;
	struct hidden *hidden; /* of each exercise; NULL: no hidden tests */
	size_t count;
	struct state state;
	struct style style;
	size_t done, fresh; /* submissions of an exercise */
	long first_ms;
};

/* --- what is asked for --- */

static int find_exercises(struct course *course, const struct operands *operands)
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
static int find_hidden(struct course *course)
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

/* What each is worth, as it may stand in the file. */
static void print_rubrics(const struct course *course)
{
	for (size_t i = 0; i < course->count; i++) {
		if (course->count > 1)
			printf("%s# exercises/%s/rubric\n", i ? "\n" : "", course->starters[i]->pitfall);
		rubric_write(stdout, &course->rubrics[i]);
	}
}

/* It is compiled and run by the user who compiles the tests. */
static int refuse_secrets(void)
{
	return bad_input(
		"without a sandbox what is handed in runs as the user who reads the hidden tests, and can read "
		"them too; leave out --hidden or --no-sandbox");
}

static int prepare(struct course *course, const struct operands *operands)
{
	if (!course->submissions || !course->out)
		return bad_input("grade takes --submissions DIR and --out DIR; './loose grade --help' tells more");
	if (course->sliced && !slice_read(course->sliced, &course->slice))
		return bad_input("'%s' is not a slice; the first one of ten is 0/10", course->sliced);
	if (course->hidden_folder && course->no_sandbox)
		return refuse_secrets();
	int status = require_sandbox(course);
	if (status == 0)
		status = find_exercises(course, operands);
	if (status == 0 && course->hidden_folder)
		status = find_hidden(course);
	return status ? status : open_folders(course);
}

/* --- how far it is --- */

static long now_ms(void)
{
	return (long)(uv_hrtime() / 1000000);
}

static void on_graded(void *context, const char *person, const char *pitfall, bool fresh)
{
	struct course *course = context;
	size_t all = course->all.count * course->count;

	course->done++;
	course->fresh += fresh;
	char *left = progress_left(course->fresh, all - course->done, now_ms() - course->first_ms);
	if (course->style.terminal)
		fprintf(stderr, "\r\033[K%zu of %zu graded%s", course->done, all, left);
	char *name = text_escape(person);
	if (!course->style.terminal && fresh)
		fprintf(stderr, "%zu of %zu graded%s: %s %s\n", course->done, all, left, name, pitfall);
	fflush(stderr);
	free(name);
	free(left);
}

/* --- judging --- */

static struct grader grader_of(struct course *course)
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

static int judge_course(struct course *course)
{
	struct grader grader = grader_of(course);
	char *error = NULL;
	int status = 0;

	if (grader_run(&grader, &error) != 0)
		status = grader.misled ? bad_input("%s", error) : cannot_judge("%s", error);
	free(error);
	return status;
}

/* --- Gradescope's archive --- */

/* Nobody looks at an archive again before it grades: the workbook's own solution has to pass the tests in it here. */
static int try_hidden(struct course *course)
{
	const struct judging_options once = {.repeat = 1};
	char *problem = sandbox_problem(course->workbook.loop.root), *error = NULL;
	int status = problem ? cannot_judge("%s; hidden tests are tried in one before they go into an archive", problem)
			     : ensure_trust(&course->workbook, detectors, &once);

	free(problem);
	if (status == 0 && state_open(&course->state, STATE_IN_MEMORY, &error) != 0)
		status = cannot_judge("%s", error);
	free(error);
	return status ? status : judge_course(course);
}

static int make_autograder(struct course *course, const struct operands *operands)
{
	char *error;

	if (course->hidden_folder && course->no_sandbox)
		return refuse_secrets();
	if (!course->out || course->submissions)
		return bad_input("grade --gradescope takes --out FILE.zip, and no submissions: Gradescope has them");
	int status = find_exercises(course, operands);
	if (status == 0 && course->hidden_folder)
		status = find_hidden(course);
	if (status == 0 && course->hidden_folder)
		status = try_hidden(course);
	if (status)
		return status;
	workbook_tools(&course->workbook);
	const struct autograder autograder = {&course->workbook.catalogue,
					      &course->workbook.toolchain,
					      course->starters,
					      course->count,
					      course->hidden,
					      !course->no_sandbox,
					      course->repeat,
					      course->timeout};
	if (autograder_make(&autograder, course->out, &error) != 0) {
		status = bad_input("%s", error);
		free(error);
		return status;
	}
	printf("The autograder is in '%s': upload it to Gradescope as it is.\n", course->out);
	return 0;
}

/* --- the end --- */

/* Prints how many there are of each outcome. The exit status that they call for. */
static int tell(const struct course *course, const struct grades_counts *all)
{
	const size_t *counts = all->outcomes;

	printf("%zu passed, %zu failed, %zu tampered, %zu cannot be judged; %zu judged now\n", counts[GRADE_PASSED],
	       counts[GRADE_FAILED], counts[GRADE_TAMPERED], counts[GRADE_CANNOT_JUDGE], course->fresh);
	if (counts[GRADE_TAMPERED] + counts[GRADE_CANNOT_JUDGE])
		puts("The last two are not grades: a person looks at them.");
	if (all->suspicious)
		printf("%zu of them are suspicious, which costs nothing: a person looks at what grades.csv says.\n",
		       all->suspicious);
	printf("grades: %s/grades.csv; a page for each person: %s/submissions/\n", course->out, course->out);
	if (course->all.other_count)
		printf("Not graded is what lies beside the submissions, %zu in all: it is named above.\n",
		       course->all.other_count);
	if (counts[GRADE_CANNOT_JUDGE])
		return STATUS_CANNOT_JUDGE;
	if (course->all.other_count)
		return STATUS_BAD_INPUT;
	return counts[GRADE_FAILED] + counts[GRADE_TAMPERED] ? STATUS_DISAGREES : STATUS_AGREES;
}

static int report(struct course *course)
{
	struct grades_counts counts;
	struct grades grades = {course->out, &course->state, &course->all, course->starters, course->count};
	int status = grades_write(&grades, &counts);

	return status ? status : tell(course, &counts);
}

/* --- the command --- */

/* After the grading: what is written, or that it goes on with the same command. */
static int finish(struct course *course, int status)
{
	if (course->style.terminal)
		fputs("\r\033[K", stderr);
	if (course->workbook.loop.interrupted) {
		fprintf(stderr, "loose: interrupted; %zu of %zu are graded and kept, and the same command goes on\n",
			course->done, course->all.count * course->count);
		return 128 + course->workbook.loop.interrupted;
	}
	if (status || !course->sliced)
		return status ? status : report(course);
	return slice_finish(course->out, &course->slice) == 0
		       ? 0
		       : cannot_judge("cannot write in '%s': %s", course->out, strerror(errno));
}

static int judge(struct course *course)
{
	course->style = style_of(stderr);
	course->first_ms = now_ms();
	return finish(course, judge_course(course));
}

/* --- on a cluster --- */

enum { SLICE = 20 };

static void on_looked(void *context, long done, long all)
{
	struct course *course = context;

	if (done == (long)course->fresh)
		return;
	course->fresh = (size_t)done;
	char *left = progress_left(course->fresh, (size_t)(all - done), now_ms() - course->first_ms);
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

static int judge_on_cluster(struct course *course)
{
	struct grader grader = grader_of(course);
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

	course->style = style_of(stderr);
	course->first_ms = now_ms();
	/* The tasks find all that submissions are linked with. */
	if (grader_prepare(&grader, &error) != 0 || cluster_grade(&cluster, &error) != 0)
		status = cannot_judge("%s", error);
	course->fresh = course->all.count * course->count;
	files_free(command);
	free(error);
	free(out);
	return finish(course, status);
}

static int run(const char *root, int argc, char **argv)
{
	struct course course = {.repeat = 4, .timeout = 120};
	const struct judging_options once = {.repeat = 1};
	struct operands operands;

	if (options_parse(&command_grade, argc, argv, &course, &operands) != 0)
		return STATUS_BAD_INPUT;
	int status = open_workbook(&course.workbook, root);
	if (status)
		return status;
	if (course.rubric) {
		status = find_exercises(&course, &operands);
		if (status == 0)
			print_rubrics(&course);
	} else if (course.gradescope) {
		status = make_autograder(&course, &operands);
	} else {
		status = prepare(&course, &operands);
		if (status == 0)
			status = ensure_trust(&course.workbook, detectors, &once);
		if (status == 0)
			status = course.slurm ? judge_on_cluster(&course) : judge(&course);
	}
	for (size_t i = 0; i < course.count; i++) {
		rubric_release(&course.rubrics[i]);
		if (course.hidden)
			hidden_release(&course.hidden[i], course.workbook.loop.root);
	}
	free(course.hidden);
	free(course.rubrics);
	free(course.starters);
	submissions_release(&course.all);
	state_close(&course.state);
	workbook_close(&course.workbook);
	return status;
}

static const struct option_spec options[] = {
	{"submissions", OPTION_FILE, "DIR", "a folder, .zip or .tar.gz for each person, laid out as work/ is",
	 offsetof(struct course, submissions)},
	{"out", OPTION_FILE, "DIR", "where the grades go; a run that was cut off goes on there",
	 offsetof(struct course, out)},
	{"hidden", OPTION_FILE, "DIR",
	 "tests of your own, which nobody who hands in is shown: DIR/NN-chapter/exercise/*.c or DIR/exercise/*.c",
	 offsetof(struct course, hidden_folder)},
	{"repeat", OPTION_NUMBER, "N",
	 "runs under each detector that looks for races, the first as at home, the others with random delays at starts and wake-ups of threads; firing once is firing (default: 4)",
	 offsetof(struct course, repeat)},
	{"jobs", OPTION_NUMBER, "N", "runs at once (default: two for each core, and those that wait)",
	 offsetof(struct course, jobs)},
	{"timeout", OPTION_NUMBER, "S", "seconds before a run counts as hung (default: 120)",
	 offsetof(struct course, timeout)},
	{"gradescope", OPTION_FLAG, NULL, "make Gradescope's autograder for the exercises: --out FILE.zip",
	 offsetof(struct course, gradescope)},
	{"slurm", OPTION_FLAG, NULL,
	 "grade on a cluster: slices as an array of Slurm's; sbatch takes its own variables",
	 offsetof(struct course, slurm)},
	{"slices", OPTION_NUMBER, "N", "with --slurm: tasks of the array (default: one for each 20 submissions)",
	 offsetof(struct course, slices)},
	{"slice", OPTION_TEXT, "I/N", "grade every Nth submission only, from the Ith on: what a task of --slurm does",
	 offsetof(struct course, sliced)},
	{"rubric", OPTION_FLAG, NULL, "print what the parts of each exercise are worth, and grade nothing",
	 offsetof(struct course, rubric)},
	{"no-sandbox", OPTION_FLAG, NULL, "run what is handed in as you, with all that you may do",
	 offsetof(struct course, no_sandbox)},
	{0},
};

const struct command_entry command_grade = {
	.name = "grade",
	.arguments = "EXERCISE... --submissions DIR --out DIR",
	.summary = "grade what a class has handed in",
	.about =
		"Judges the file of each exercise that each person has handed in, by its tests and all detectors, as check "
		"judges your own, and scores it by the exercise's rubric, which --rubric prints: exercises/.../rubric, or 60 points for the tests and 40 "
		"for the detectors. DIR has a folder, a .zip or a .tar.gz for each person, laid out as work/ is; only the file "
		"that the exercise lets a learner edit counts. What is none of these is named, and the exit status is 2 at least, "
		"even when all others pass.\n\n"
		"The results go to --out: grades.csv, junit.xml, results.sarif and items.csv (which test and which detector "
		"refused how many) of the class; and in submissions/PERSON/ of each exercise the record as JSON and a page for "
		"the person, and the results.json of Gradescope and of PrairieLearn.\n\n"
		"Outcomes are passed, failed, tampered and cannot-judge; the last two are not grades. What is known is kept at "
		"once: after a crash the same command goes on where it stopped.\n\n"
		"--hidden adds tests of yours to those of the exercise: Criterion tests in C, with a rubric beside them where "
		"40 points for all are not what you want. The workbook's own solution must pass them. A person is told their "
		"points and the sentence that your rubric has for them, and no more; all of it stands in --out in hidden/.\n\n"
		"Submissions are compiled and run in a sandbox; where the machine gives none, grade refuses unless --no-sandbox says "
		"that they may run as you.",
	.options = options,
	.operands = {OPERAND_PITFALL, OPERAND_PITFALL},
	.least = 1,
	.most = -1,
	.run = run,
};
