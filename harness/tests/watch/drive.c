/*
 * The learner's loop over whole exercises, in a terminal: each of an exercise's programs is saved as the reader's file, and
 * what watch says of it is what verify says. `make drive-watch PITFALLS=...`; without PITFALLS all exercises, which takes
 * a while. `make picture` draws what a reader sees of the first.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../cli/pty.h"
#include "../cli/scratch.h"

#define LENS "01-lens/captured-loop-variable"

enum { NAME = 128 };

/* Of a detector's row: in a contract, where one blank stands in front of it, the word may be about anything. */
#define RUNNING "  running"

static struct scratch scratch;
static struct pty pty;

/* --- the exercises --- */

static bool is_asked_for(const char *pitfall)
{
	const char *asked = getenv("PITFALLS");
	char words[1024], *rest = NULL;

	if (!asked || !*asked)
		return true;
	snprintf(words, sizeof words, "%s", asked);
	for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		if (strstr(pitfall, word))
			return true;
	return false;
}

ParameterizedTestParameters(drive, says_what_verify_says)
{
	char(*names)[NAME] = NULL;
	size_t count = 0;
	glob_t found;

	if (glob("exercises/*/*/test.c", 0, NULL, &found) == 0)
		names = cr_malloc(found.gl_pathc * sizeof *names);
	for (size_t i = 0; names && i < found.gl_pathc; i++) {
		const char *path = found.gl_pathv[i] + strlen("exercises/");
		char name[NAME];
		snprintf(name, sizeof name, "%.*s", (int)(strlen(path) - strlen("/test.c")), path);
		if (is_asked_for(name))
			memcpy(names[count++], name, sizeof name);
	}
	return cr_make_param_array(char[NAME], names, count, NULL);
}

/* --- one exercise --- */

static json_t *verify(const char *pitfall)
{
	char arguments[512], file[512];

	snprintf(file, sizeof file, "%s/json", scratch.root);
	snprintf(arguments, sizeof arguments, "verify %s --json '%s'", pitfall, file);
	struct outcome outcome = scratch_loose(&scratch, arguments);
	json_t *all = json_load_file(file, 0, NULL);
	cr_assert(all, "%s%s", outcome.out, outcome.err);
	cr_expect_eq(outcome.status, 0, "%s%s", outcome.out, outcome.err);
	outcome_release(&outcome);
	return all;
}

/* The file's content with a line that makes it another than the one before, by rename. */
static void save(const char *path, const char *copy, int round)
{
	char from[512], to[512], name[300], *text = scratch_read(&scratch, path);
	size_t size = strlen(text) + 64;
	char *marked = malloc(size);

	snprintf(marked, size, "%s/* round %d */\n", text, round);
	snprintf(name, sizeof name, "%s.new", copy);
	scratch_write(&scratch, name, marked);
	snprintf(from, sizeof from, "%s/%s", scratch.root, name);
	snprintf(to, sizeof to, "%s/%s", scratch.root, copy);
	cr_assert_eq(rename(from, to), 0);
	free(marked);
	free(text);
}

/* The row of this detector says this. */
static bool row_says(const char *detector, const char *words)
{
	char row[64 + NAME];

	snprintf(row, sizeof row, "%-9s %s", detector, words);
	return pty_shows(&pty, row);
}

/* What verify has seen of the pair stands in its row. */
static void compare(const json_t *result)
{
	const char *detector = result_text(result, "detector"), *observed = result_text(result, "observed");
	const char *path = result_text(result, "path");
	const json_t *finding;
	bool shown = false;
	size_t i;

	if (strcmp(observed, "fires") != 0) {
		cr_expect(row_says(detector, observed), "%s: %s %s", path, detector, observed);
		return;
	}
	json_array_foreach(json_object_get(result, "findings"), i, finding) {
		char words[2 * NAME];
		snprintf(words, sizeof words, "fires: %s in %s", result_text(finding, "kind"),
			 result_text(finding, "function"));
		shown = shown || row_says(detector, words);
	}
	cr_expect(shown, "%s: %s fires", path, detector);
}

static void drive(const json_t *results, const char *path, const char *name, const char *copy, int round)
{
	bool right = strcmp(name, "solution") == 0 || strncmp(name, "also-right/", 11) == 0;
	const json_t *result;
	size_t i;

	fprintf(stderr, "%s\n", path);
	save(path, copy, round);
	pty_await(&pty, "compiling");
	pty_await(&pty, right ? "Passed:" : "Refused: ");
	pty_await_gone(&pty, RUNNING);
	json_array_foreach(results, i, result)
		if (strcmp(result_text(result, "path"), path) == 0)
			compare(result);
}

/* Each of the exercise's programs once. */
static void drive_all(const json_t *results, const char *copy)
{
	char last[512] = "";
	const json_t *result;
	size_t i;

	json_array_foreach(results, i, result) {
		const char *path = result_text(result, "path"), *name = result_text(result, "program");
		bool exercise = strncmp(path, "exercises/", 10) == 0 || strncmp(path, "solutions/", 10) == 0;
		if (!exercise || strcmp(path, last) == 0)
			continue;
		snprintf(last, sizeof last, "%s", path);
		drive(results, path, name, copy, (int)i);
	}
}

/* The reader's copy, by the starter's name. */
static void name_copy(const json_t *results, char *copy, size_t size)
{
	const json_t *result;
	size_t i;

	*copy = '\0';
	json_array_foreach(results, i, result)
		if (strcmp(result_text(result, "program"), "starter") == 0)
			snprintf(copy, size, "work/%s", result_text(result, "path") + strlen("exercises/"));
	cr_assert(*copy);
}

ParameterizedTest(char pitfall[NAME], drive, says_what_verify_says, .timeout = 7200)
{
	char command[NAME + 64], copy[256];

	scratch_make_of(&scratch, pitfall);
	json_t *all = verify(pitfall);
	const json_t *results = json_object_get(all, "results");
	name_copy(results, copy, sizeof copy);
	pty_start(&pty, &scratch, "", 50, 158);
	snprintf(command, sizeof command, "build/loose watch %s\r", pitfall);
	pty_type(&pty, command);
	pty_await(&pty, "Refused: ");
	pty_await_gone(&pty, RUNNING);
	drive_all(results, copy);
	pty_type(&pty, "q");
	pty_await(&pty, "ready: ");
	pty_end(&pty);
	json_decref(all);
	cr_expect_not(scratch_left_behind(&scratch));
	scratch_remove(&scratch);
}

/* --- the picture --- */

/* What a reader sees whose thread copies what it was given, too late: a real session, whose screen is drawn. */
Test(picture, of_a_session, .timeout = 900)
{
	const char *path = getenv("PICTURE");

	if (!path || !*path)
		cr_skip_test("there is no PICTURE to draw");
	scratch_make_of(&scratch, LENS);
	pty_start(&pty, &scratch, "", 36, 104);
	pty_type(&pty, "build/loose watch captured\r");
	pty_await(&pty, "Refused: ");
	save("solutions/" LENS "/wrong/copy-in-the-thread.c", "work/" LENS "/letters.c", 0);
	pty_await(&pty, "compiling");
	pty_await(&pty, "Refused: tsan fires");
	pty_draw(&pty, path,
		 "./loose watch: a fix is refused; ThreadSanitizer's finding stands in the reader's source");
	pty_type(&pty, "q");
	pty_await(&pty, "ready: ");
	pty_end(&pty);
	scratch_remove(&scratch);
}
