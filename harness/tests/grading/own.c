/*
 * Grades the workbook's own programs as a class hands them in: each starter must fail,
 * each right program have full marks, and each wrong fix lose the points of all tests and
 * detectors that its header declares. What was graded stays in build/own-grades, and an
 * interrupted run goes on there.
 *
 *     build/grade-own [--repeat N] [words of exercises]
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "base/mem.h"
#include "exec/runner.h"
#include "verdict/detector.h"
#include "workbook/catalogue.h"

#define PLACE "build/own-grades"

static struct {
	size_t right, wrong, starters, disagree;
} counts;

/* "wrong/cancel" is handed in by "wrong-cancel". */
static char *person_of(const struct program *program)
{
	char *person = mem_copy(program->name);

	for (char *slash = person; (slash = strchr(slash, '/'));)
		*slash = '-';
	return person;
}

static const char *base_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

static void shell(const char *command)
{
	if (system(command) != 0) {
		fprintf(stderr, "grade-own: '%s' failed\n", command);
		exit(3);
	}
}

/* Below the file's name in the exercise, whatever it is called among the wrong fixes. */
static void hand_in(const struct program *program, const char *file)
{
	char *person = person_of(program);
	char *folder = mem_format(PLACE "/%s/class/%s/%s", program->pitfall, person, program->pitfall);
	char *command = mem_format("mkdir -p '%s' && cp '%s' '%s/%s'", folder, program->path, folder, file);

	shell(command);
	free(command);
	free(folder);
	free(person);
}

static json_t *record_of(const struct program *program)
{
	char *person = person_of(program), *name = mem_copy(program->pitfall);

	*strchr(name, '/') = '.';
	char *path = mem_format(PLACE "/%s/grades/submissions/%s/%s.json", program->pitfall, person, name);
	json_t *record = json_load_file(path, 0, NULL);
	free(path);
	free(name);
	free(person);
	return record;
}

static const char *text(const json_t *object, const char *key)
{
	const char *string = json_string_value(json_object_get(object, key));

	return string ? string : "";
}

static void disagree(const struct program *program, const char *what)
{
	printf("%s: %s\n", program->path, what);
	counts.disagree++;
}

/* Whether one of "this, that" is this name. */
static bool is_listed(const char *list, const char *name)
{
	char *copy = mem_copy(list), *rest = NULL;
	bool found = false;

	for (char *one = strtok_r(copy, ", ", &rest); one && !found; one = strtok_r(NULL, ", ", &rest))
		found = strcmp(one, name) == 0;
	free(copy);
	return found;
}

/* Whether the header says that this item refuses it. */
static bool is_declared(const struct program *program, const json_t *item)
{
	for (size_t i = 0; i < program->declaration.count; i++) {
		const struct expectation *expected = &program->declaration.items[i];
		if (expected->word == WORD_FAILS && strcmp(text(item, "kind"), "test") == 0 &&
		    is_listed(expected->tests, text(item, "name")))
			return true;
		if (expected->word == WORD_FIRES && strcmp(text(item, "kind"), "detector") == 0 &&
		    strcmp(expected->detector->name, text(item, "name")) == 0)
			return true;
	}
	return false;
}

static void check_lost(const struct program *program, const json_t *record)
{
	size_t index;
	json_t *item;

	json_array_foreach(json_object_get(record, "items"), index, item) {
		if (is_declared(program, item) && (json_is_true(json_object_get(item, "kept")) ||
						   json_number_value(json_object_get(item, "points")) != 0))
			disagree(program, "it keeps points of what its header says refuses it");
	}
}

static void check(const struct program *program)
{
	json_t *record = record_of(program);
	const char *outcome = text(record, "outcome");
	double points = json_number_value(json_object_get(record, "points")),
	       of = json_number_value(json_object_get(record, "of"));

	if (!record) {
		disagree(program, "it was not graded");
	} else if (program->role == ROLE_SOLUTION || program->role == ROLE_ALSO_RIGHT) {
		counts.right++;
		if (strcmp(outcome, "passed") != 0 || points != of)
			disagree(program, mem_format("%s, %g of %g: %s", outcome, points, of, text(record, "why")));
	} else {
		counts.wrong += program->role == ROLE_WRONG;
		counts.starters += program->role == ROLE_STARTER;
		if (strcmp(outcome, "failed") != 0 || points >= of)
			disagree(program, mem_format("%s, %g of %g: %s", outcome, points, of, text(record, "why")));
		check_lost(program, record);
	}
	json_decref(record);
}

static void grade(const char *pitfall, const char *repeat)
{
	char *command = mem_format("build/loose grade '%s' --submissions " PLACE "/%s/class --out " PLACE
				   "/%s/grades --repeat %s >/dev/null 2>" PLACE "/log",
				   pitfall, pitfall, pitfall, repeat);
	int status = system(command);

	if (!WIFEXITED(status) || WEXITSTATUS(status) > 3 || WEXITSTATUS(status) == 2) {
		fprintf(stderr, "grade-own: '%s' ended with status %d; " PLACE "/log tells why\n", command, status);
		exit(3);
	}
	free(command);
}

static void do_exercise(const struct catalogue *catalogue, const struct program *starter, const char *repeat)
{
	size_t before = counts.disagree, first = counts.right + counts.wrong + counts.starters;

	char *old = mem_format(PLACE "/%s/class", starter->pitfall);
	run_remove(old);
	free(old);
	for (int hand = 1; hand >= 0; hand--) {
		for (size_t i = 0; i < catalogue->count; i++) {
			const struct program *program = &catalogue->programs[i];
			if (strcmp(program->pitfall, starter->pitfall) != 0 || !program_has_test(program))
				continue;
			if (hand)
				hand_in(program, base_of(starter->path));
			else
				check(program);
		}
		if (hand)
			grade(starter->pitfall, repeat);
	}
	printf("%s: %zu programs, %zu disagree\n", starter->pitfall,
	       counts.right + counts.wrong + counts.starters - first, counts.disagree - before);
	fflush(stdout);
}

static bool is_asked_for(const char *pitfall, char **words)
{
	bool asked = !*words;

	for (; *words; words++)
		asked = asked || strstr(pitfall, *words);
	return asked;
}

int main(int argc, char **argv)
{
	bool repeats = argc > 2 && strcmp(argv[1], "--repeat") == 0;
	const char *repeat = repeats ? argv[2] : "3";
	struct catalogue catalogue;
	char here[4096];

	if (!getcwd(here, sizeof here))
		return 3;
	shell("mkdir -p " PLACE);
	catalogue_load(&catalogue, here);
	for (size_t i = 0; i < catalogue.count; i++)
		if (catalogue.programs[i].role == ROLE_STARTER &&
		    is_asked_for(catalogue.programs[i].pitfall, argv + (repeats ? 3 : 1)))
			do_exercise(&catalogue, &catalogue.programs[i], repeat);
	printf("%zu right with full marks asked for, %zu wrong fixes, %zu starters; %zu disagree\n", counts.right,
	       counts.wrong, counts.starters, counts.disagree);
	catalogue_release(&catalogue);
	return counts.disagree ? 1 : 0;
}
