/* A class of submissions. What is asked for is found in course.c; what counts is decided in grading/. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "command.h"
#include "course.h"
#include "exec/sandbox.h"
#include "grades.h"
#include "grading/autograder.h"
#include "grading/grader.h"
#include "report/report.h"
#include "slurm.h"
#include "verdict/detector.h"

/* --- judging --- */

static int judge_course(struct course *course)
{
	struct grader grader = course_grader(course);
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
		return course_refuse_secrets();
	if (!course->out || course->submissions)
		return bad_input("grade --gradescope takes --out FILE.zip, and no submissions: Gradescope has them");
	int status = course_find_exercises(course, operands);
	if (status == 0 && course->hidden_folder)
		status = course_find_hidden(course);
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

/* --- the rubrics --- */

/* What each is worth, as it may stand in the file. */
static void print_rubrics(const struct course *course)
{
	for (size_t i = 0; i < course->count; i++) {
		if (course->count > 1)
			printf("%s# exercises/%s/rubric\n", i ? "\n" : "", course->starters[i]->pitfall);
		rubric_write(stdout, &course->rubrics[i]);
	}
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
	course->first_ms = clock_now_ms();
	return finish(course, course->slurm ? course_grade_on_cluster(course) : judge_course(course));
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
		status = course_find_exercises(&course, &operands);
		if (status == 0)
			print_rubrics(&course);
	} else if (course.gradescope) {
		status = make_autograder(&course, &operands);
	} else {
		status = course_prepare(&course, &operands);
		if (status == 0)
			status = ensure_trust(&course.workbook, detectors, &once);
		if (status == 0)
			status = judge(&course);
	}
	course_release(&course);
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
	 "runs under each detector that looks for races, the first as at home, the others with random delays at starts, wake-ups and ends of threads; firing once is firing (default: 4)",
	 offsetof(struct course, repeat)},
	{"jobs", OPTION_NUMBER, "N",
	 "runs at once (default: two for each core, those that wait, and more while it is idle)",
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
		"for the detectors. DIR has a folder, a .zip or a .tar.gz for each person, laid out as work/ is, or with the file by "
		"itself; only the file that the exercise lets a learner edit counts. What is none of these is named, and the exit status is 2 at least, "
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
