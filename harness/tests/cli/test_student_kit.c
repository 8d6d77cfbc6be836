/* The workbook for students: nothing of a solution is in it, and it judges as the instructor's does. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"

#define EXERCISE "exercises/" PITFALL
#define SOLUTIONS "solutions/" PITFALL
#define SECRET "a secret of the solutions"

static struct scratch scratch, kit;

static const char solution[] = "/*\n"
			       " * Adds.\n"
			       " *\n"
			       " * Promise   it adds.\n"
			       " * test      passes\n"
			       " * budget    silent when joined == started\n"
			       " */\n"
			       "#include \"line.h\"\n"
			       "int line_add(int more)\n"
			       "{\n"
			       "	static int sum;\n"
			       "	return sum += more;\n"
			       "}\n";

/* Only the bound of the solution refuses it. */
static const char unjoined[] = "#include \"line.h\"\n"
			       "#include <pthread.h>\n"
			       "static void *idle(void *arg)\n"
			       "{\n"
			       "	return arg;\n"
			       "}\n"
			       "int line_add(int more)\n"
			       "{\n"
			       "	static int sum;\n"
			       "	pthread_t thread;\n"
			       "	if (pthread_create(&thread, 0, idle, 0) == 0)\n"
			       "		pthread_detach(thread);\n"
			       "	return sum += more;\n"
			       "}\n";

/* What is a link in the scratch workbook is a file in a real one; and what is built is the same in both. */
static void make(void)
{
	scratch_make(&scratch);
	scratch_write(&scratch, EXERCISE "/line.h", "int line_add(int more);\n");
	scratch_write(&scratch, EXERCISE "/test.c",
		      "#include <criterion/criterion.h>\n#include \"line.h\"\n"
		      "Test(line, adds)\n{\n	cr_assert_eq(line_add(1), 1);\n}\n");
	scratch_shell(&scratch, "mkdir " EXERCISE "/designs");
	scratch_write(&scratch, EXERCISE "/designs/one.c", "/* What a contract is judged by. */\n");
	scratch_write(&scratch, SOLUTIONS "/line.c", solution);
	scratch_shell(
		&scratch,
		"rm chapters/kit harness Makefile && cp -rL ../../chapters/kit chapters/kit && cp ../../Makefile . && "
		"mkdir harness harness/tests && cp -r ../../harness/wire ../../harness/runtime ../../harness/selftest ../../harness/detectors harness");
	scratch_shell(&scratch,
		      "for file in $(find solutions -type f) " EXERCISE "/student7.c harness/tests/x.c; do "
		      "echo '/* " SECRET " */' >>$file; done; ln -s ../../../" SOLUTIONS "/line.c " EXERCISE "/link.c; "
		      "mkdir -p work && echo '" SECRET "' >work/note");
	struct outcome outcome;
	char arguments[512];
	snprintf(arguments, sizeof arguments, "student-kit --out '%s/kit'", scratch.root);
	outcome = scratch_loose(&scratch, arguments);
	cr_assert_eq(outcome.status, 0, "%d: %s%s", outcome.status, outcome.out, outcome.err);
	outcome_release(&outcome);
	scratch_shell(
		&scratch,
		"mkdir kit/build && cp -d build/supervisor build/loose build/monitor.so build/closes.so build/runner kit/build && "
		"cd kit/build && for link in *; do ln -sfn ../../../$link $link; done");
	kit = scratch;
	snprintf(kit.root, sizeof kit.root, "%.200s/kit", scratch.root);
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(student_kit, .init = make, .fini = unmake, .timeout = 300);

Test(student_kit, has_nothing_of_a_solution)
{
	scratch_shell(&scratch, "! grep -rlF '" SECRET "' kit");
	scratch_shell(&scratch, "! test -e kit/solutions && ! test -e kit/work && ! test -e kit/harness/tests");
	scratch_shell(&scratch,
		      "test -f kit/" EXERCISE "/line.c && test -f kit/" EXERCISE "/test.c && test -f kit/" EXERCISE
		      "/designs/one.c && test -f kit/chapters/kit/check.h");
	/* Nor is anybody sent to one: the text ends before that. */
	scratch_shell(&scratch, "grep -q 'solutions/' " EXERCISE "/README.md && grep -q '^## Hint 3' kit/" EXERCISE
				"/README.md && ! grep -rl 'solutions/' kit/exercises");
	scratch_shell(&scratch, "! find kit/exercises -name '*link*' -o -name 'student7*' | grep .");
}

/* A line for each detector: its name and whether it agrees. The status is the command's. */
static char *verdicts(const struct scratch *workbook, const char *source, int *status)
{
	static const char path[] = "work/" PITFALL "/line.c";
	char arguments[1024], *text = NULL;
	size_t size, index;
	json_t *result;

	scratch_shell(&scratch, "mkdir -p '%s/work/" PITFALL "'", workbook->root);
	scratch_write(workbook, path, source);
	snprintf(arguments, sizeof arguments, "check '%s/%s' --json '%s/result.json'", workbook->root, path,
		 workbook->root);
	struct outcome outcome = scratch_loose(workbook, arguments);
	*status = outcome.status;
	char *json = scratch_read(workbook, "result.json");
	json_t *all = json_loads(json, 0, NULL);
	FILE *out = open_memstream(&text, &size);
	json_array_foreach(json_object_get(all, "results"), index, result) {
		fprintf(out, "%s %s\n", result_text(result, "detector"), result_text(result, "observed"));
	}
	fclose(out);
	json_decref(all);
	free(json);
	outcome_release(&outcome);
	return text;
}

static void expect_the_same(const char *source, int status)
{
	int full, at_home;
	char *ours = verdicts(&scratch, source, &full), *theirs = verdicts(&kit, source, &at_home);

	cr_assert_eq(full, status, "%s", ours);
	cr_assert_eq(at_home, status, "%s", theirs);
	cr_assert_str_eq(ours, theirs);
	cr_assert(strstr(ours, "budget"), "%s", ours);
	free(ours);
	free(theirs);
}

Test(student_kit, judges_as_the_full_workbook)
{
	expect_the_same(solution, 0);
	expect_the_same(unjoined, 1);
}

Test(student_kit, says_that_the_grader_has_other_tools)
{
	struct outcome outcome;

	scratch_shell(&scratch, "mkdir -p 'kit/work/" PITFALL "'");
	scratch_write(&kit, "work/" PITFALL "/line.c", solution);
	outcome = scratch_loose(&kit, "check implicit");
	cr_assert_null(strstr(outcome.err, "other tools"), "%s", outcome.err);
	/* Nobody is sent to a solution that is not there. */
	cr_assert(strstr(outcome.out, "Passed. This workbook has no solutions to compare with"), "%s", outcome.out);
	outcome_release(&outcome);
	scratch_write(&kit, "graded-with", "clang 1.2.3, valgrind 3.0.0, glibc 2.0\n");
	outcome = scratch_loose(&kit, "check implicit");
	cr_assert(strstr(outcome.err, "the grader has other tools, and may come to another verdict: clang 1.2.3"), "%s",
		  outcome.err);
	outcome_release(&outcome);
}

Test(student_kit, is_put_where_nothing_is)
{
	struct outcome outcome;
	char arguments[512];

	snprintf(arguments, sizeof arguments, "student-kit --out '%s/kit'", scratch.root);
	outcome = scratch_loose(&scratch, arguments);
	cr_assert_eq(outcome.status, 2, "%s", outcome.err);
	outcome_release(&outcome);
	snprintf(arguments, sizeof arguments, "student-kit --out '%s/chapters/kit2'", scratch.root);
	outcome = scratch_loose(&scratch, arguments);
	cr_assert_eq(outcome.status, 2);
	cr_assert(strstr(outcome.err, "lies in what is copied"), "%s", outcome.err);
	outcome_release(&outcome);
}

/* --- where predictions count --- */

/* Of the workbook as it is: no line of a declaration, and no place that one names, is anywhere but in exercises. */
Test(student_kit, has_no_answer_of_a_prediction)
{
	scratch_shell(&scratch,
		      "rm -rf whole && cd ../.. && build/loose student-kit --with-answers --out '%s/whole' && "
		      "build/loose student-kit --out '%s/without'",
		      scratch.root, scratch.root);
	scratch_shell(
		&scratch,
		"cd ../.. && cat chapters/*/*/broken.c | sed -n 's/^ \\* \\([a-z]* *\\(fires\\|blind\\) .*\\)/\\1/p' >'%s/lines' && "
		"cat chapters/*/*/broken.c | grep '^ \\* [a-z]* *fires ' | grep -o '[A-Za-z-]* in [a-z_]*' | sort -u >'%s/places'",
		scratch.root, scratch.root);
	/* Five detectors of 35 pitfalls, and the same search finds them where they are. */
	scratch_shell(&scratch, "[ $(wc -l <lines) -ge 175 ] && [ $(wc -l <places) -ge 40 ] && "
				"grep -rqFf lines whole/chapters && grep -rqFf places whole/chapters");
	scratch_shell(&scratch, "! grep -rFf lines without/chapters without/*.md without/harness");
	scratch_shell(&scratch, "! grep -rwFf places without/chapters/*/*/ without/book.md without/README.md");
	scratch_shell(&scratch, "! grep -rE '\\| (fires|blind) \\||[●○]' without/chapters without/*.md");
	scratch_shell(&scratch,
		      "[ $(find whole -name '*.svg' | wc -l) -gt 10 ] && ! find without -name '*.svg' | grep . && "
		      "! test -e without/chapters/teaching");
	scratch_shell(
		&scratch,
		"[ $(ls without/chapters/*/*/budget | wc -l) -eq $(ls -d without/chapters/*/*/broken.c | wc -l) ]");
}

/* The run itself is the answer. */
Test(student_kit, compares_a_prediction_with_what_is_seen)
{
	scratch_shell(&scratch, "mv kit with");
	struct outcome outcome;
	char arguments[512];
	snprintf(arguments, sizeof arguments, "student-kit --out '%s/kit'", scratch.root);
	outcome = scratch_expect(&scratch, 0, arguments);
	outcome_release(&outcome);
	scratch_shell(&scratch, "! grep -rE ' (fires|blind) ' kit/chapters/" PITFALL "/*.c && mv with/build kit/build");
	outcome = scratch_loose(&kit, "predict implicit --guess tsan,helgrind,drd,budget --confidence 80");
	cr_assert_eq(outcome.status, 0, "%s%s", outcome.out, outcome.err);
	cr_expect(strstr(outcome.out, "memcheck   silent   fires    WRONG"), "%s", outcome.out);
	cr_expect(strstr(outcome.out, "budget     fires    fires    right"), "%s", outcome.out);
	cr_expect(strstr(outcome.out, "4 of 5 right, at 80 %"), "%s", outcome.out);
	cr_expect_null(strstr(outcome.out, "Why memcheck"), "%s", outcome.out);
	outcome_release(&outcome);
}
