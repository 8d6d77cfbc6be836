/*
 * A workbook of one pitfall, in a directory of its own, for tests that damage
 * programs, tools or files. It is a copy of a real pitfall beside the real
 * harness, and goes away with scratch_remove(); but what was compiled of the kit
 * and of the doctor's programs stays, for the next test in the same place.
 */
#ifndef LOOSE_TEST_SCRATCH_H
#define LOOSE_TEST_SCRATCH_H

#include <jansson.h>
#include <stdbool.h>

#define PITFALL "02-ownership/implicit-contract"
#define BROKEN "chapters/" PITFALL "/broken.c"
#define FIXED "chapters/" PITFALL "/fixed.c"

struct scratch {
	char root[256];
	int lock;	 /* of this place among those of other tests */
	char path[1024]; /* PATH for the harness; the test's own at first */
	int timeout; /* of scratch_verify(), in seconds for each run; so long at first that a loaded machine does not matter */
};

/* What a command left: freed by outcome_release(). */
struct outcome {
	int status; /* 128 + signal when killed */
	char *out, *err;
};

void scratch_make(struct scratch *scratch);
/* The same with another pitfall, of which there may be an exercise alone. */
void scratch_make_of(struct scratch *scratch, const char *pitfall);
void scratch_remove(struct scratch *scratch);
/* `build/loose ARGUMENTS` on the scratch workbook, through a shell; the arguments are the test's own, so no quoting. */
struct outcome scratch_loose(const struct scratch *scratch, const char *arguments);
/* The same as typed in that directory of the scratch workbook, with "NAME=value " of the environment in front of it. */
struct outcome scratch_loose_in(const struct scratch *scratch, const char *directory, const char *environment,
				const char *arguments);
/* scratch_loose(), whose exit status must be this one. */
struct outcome scratch_expect(const struct scratch *scratch, int status, const char *arguments);
void outcome_release(struct outcome *outcome);
/* A shell's command in the scratch workbook; it must succeed. */
void scratch_shell(const struct scratch *scratch, const char *format, ...) __attribute__((format(printf, 2, 3)));

char *scratch_read(const struct scratch *scratch, const char *path);
void scratch_write(const struct scratch *scratch, const char *path, const char *text);
/* Replaces the first `old` in the file; fails the test when there is none. */
void scratch_replace(const struct scratch *scratch, const char *path, const char *old, const char *new);
/* Puts an executable script into a directory that stands first in PATH. */
void scratch_tool(struct scratch *scratch, const char *name, const char *script);
/* Whether any process still runs from the scratch workbook: its path stands in the command line. */
bool scratch_left_behind(const struct scratch *scratch);
/*
 * `verify --chapters --detector D --json`, and the result of that program in
 * it (a new reference; NULL when there is none). *status is the exit status.
 */
json_t *scratch_verify(const struct scratch *scratch, const char *detector, const char *program, int *status);
/* The text under `key` of a result. */
const char *result_text(const json_t *result, const char *key);

#endif
