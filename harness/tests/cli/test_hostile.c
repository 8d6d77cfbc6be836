/*
 * Programs that do not want to be judged (tests/hostile): what a detector says
 * of each is what it saw, or an error; never "silent". And submissions to an
 * exercise that want to pass its tests without being right: they fail, or cannot
 * be judged.
 */
#define _GNU_SOURCE /* asprintf() */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"

TestSuite(hostile, .timeout = 600);

#define HOSTILE "harness/tests/hostile"

static const char *const detectors[] = {"tsan", "helgrind", "drd", "memcheck", "budget"};
enum { DETECTORS = sizeof detectors / sizeof *detectors };

/*
 * What each of the detectors is to say: f, it fires; e, an error; c, it was cut
 * off before it saw anything; x, one of the first two, by the machine's limits;
 * -, nothing at all.
 */
struct trick {
	char name[32], expected[DETECTORS + 1];
};

static struct trick tricks[] = {
	/* The files of its run are none that a verdict rests on. */
	{"unlinks_files", "fffff"},
	{"forges_files", "fffff"},
	{"plants_pipes", "fffff"},
	{"writes_everywhere", "efffe"},
	{"closes_all", "efffe"},
	{"takes_the_place", "xfffx"},
	{"sends_forged", "eeeee"},
	{"child_sends", "eeeee"},
	{"shuts_down", "eeeee"},
	{"forges_and_shuts_down", "eeeee"},
	/* Valgrind closes its report when the system call comes. */
	{"leaves", "efffe"},
	{"becomes_another", "fffff"},
	{"forges_as_another", "fffff"},
	{"kills_itself", "ffffc"},
	{"kills_its_parent", "eeeee"},
	{"kills_the_harness", "-----"},
	{"looks_into_its_parent", "fffff"},
	{"prints_reports", "fffff"},
};

ParameterizedTestParameters(hostile, is_never_silent)
{
	return cr_make_param_array(struct trick, tricks, sizeof tricks / sizeof *tricks);
}

static json_t *check(const char *name)
{
	char command[256];

	snprintf(command, sizeof command,
		 "build/loose check --timeout 60 --budget 'detached <= 0' --json - " HOSTILE
		 "/%s.c </dev/null 2>/dev/null",
		 name);
	FILE *pipe = popen(command, "r");
	cr_assert(pipe);
	json_t *document = json_loadf(pipe, 0, NULL);
	pclose(pipe);
	return document;
}

static char letter_of(const json_t *result)
{
	static const struct {
		const char *observed;
		char letter;
	} letters[] = {{"fires", 'f'}, {"error", 'e'}, {"cut", 'c'}, {"silent", 's'}};

	/* An error of ours is none of theirs. */
	if (strstr(result_text(result, "why"), "does not compile"))
		return '?';
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (strcmp(result_text(result, "observed"), letters[i].observed) == 0)
			return letters[i].letter;
	return '?';
}

ParameterizedTest(struct trick *trick, hostile, is_never_silent)
{
	json_t *document = check(trick->name), *result;
	char got[DETECTORS + 1] = "-----";
	size_t i;

	json_array_foreach(json_object_get(document, "results"), i, result)
		for (size_t j = 0; j < DETECTORS; j++)
			if (strcmp(result_text(result, "detector"), detectors[j]) == 0)
				got[j] = letter_of(result);
	for (size_t j = 0; j < DETECTORS; j++) {
		bool either = trick->expected[j] == 'x' && (got[j] == 'f' || got[j] == 'e');
		cr_expect(either || got[j] == trick->expected[j], "%s: %s, not %s", trick->name, got, trick->expected);
	}
	json_decref(document);
}

/* A trick that is in no table is not tried. */
Test(hostile, all_are_tried)
{
	glob_t files;

	cr_assert_eq(glob(HOSTILE "/*.c", 0, NULL, &files), 0);
	cr_assert_eq(files.gl_pathc, sizeof tricks / sizeof *tricks);
	globfree(&files);
}

/* --- submissions --- */

static char *text_of(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "r");

	cr_assert(file, "%s", path);
	cr_assert_geq(getdelim(&text, &size, '\0', file), 0);
	fclose(file);
	return text;
}

/* In the solution's place, with its declaration: the tests pass, and no detector fires. */
static void submit(const struct scratch *scratch, const char *path)
{
	char *own = scratch_read(scratch, "solutions/" PITFALL "/line.c"), *trick = text_of(path), *whole = NULL;
	int declaration = (int)(strstr(own, "*/") - own);

	cr_assert_geq(asprintf(&whole, "%.*s*/\n%s", declaration, own, trick), 0);
	scratch_write(scratch, "solutions/" PITFALL "/line.c", whole);
	free(whole);
	free(trick);
	free(own);
}

static void expect_refusal(const struct scratch *scratch, const char *detector, const char *path)
{
	char arguments[256];
	json_t *result, *document;
	size_t i, judged = 0;

	snprintf(arguments, sizeof arguments, "verify --exercises --timeout 60 --detector %s --json -", detector);
	struct outcome outcome = scratch_loose(scratch, arguments);
	document = json_loads(outcome.out, 0, NULL);
	json_array_foreach(json_object_get(document, "results"), i, result) {
		if (strcmp(result_text(result, "program"), "solution") != 0)
			continue;
		const char *observed = result_text(result, "observed"), *why = result_text(result, "why");
		judged++;
		cr_expect(strcmp(observed, "fails") == 0 || strcmp(observed, "fires") == 0 ||
				  strcmp(observed, "error") == 0,
			  "%s: %s %s", path, detector, observed);
		cr_expect_not(strstr(why, "does not compile"), "%s", why);
		/* Nobody knows who killed a test: nothing is remembered of that. */
		cr_expect(!strstr(path, "kills_itself") || strcmp(observed, "error") == 0, "%s: %s", detector,
			  observed);
	}
	cr_assert_eq(judged, 1, "%s: %s", path, outcome.err);
	json_decref(document);
	outcome_release(&outcome);
}

/* By Criterion, by the runner with the monitor, and by the runner under Valgrind. */
Test(hostile, submissions_do_not_pass)
{
	static const char *const by[] = {"test", "budget", "helgrind"};
	struct scratch scratch;
	glob_t files;

	cr_assert_eq(glob(HOSTILE "/submissions/*.c", 0, NULL, &files), 0);
	scratch_make(&scratch);
	char *remove_others = NULL;
	cr_assert_geq(asprintf(&remove_others, "rm -r '%s/solutions/" PITFALL "'/*/", scratch.root), 0);
	cr_assert_eq(system(remove_others), 0);
	free(remove_others);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		submit(&scratch, files.gl_pathv[i]);
		for (size_t j = 0; j < sizeof by / sizeof *by; j++)
			expect_refusal(&scratch, by[j], files.gl_pathv[i]);
	}
	cr_assert_not(scratch_left_behind(&scratch));
	scratch_remove(&scratch);
	globfree(&files);
}
