/* What has been graded: kept at once, by one process at a time, and only for what it was made of. */
#include <signal.h>
#include <sys/wait.h>

#include "../scratch_root.h"
#include "grading/state.h"

static struct state state;
static char *path, *error;

static void make(void)
{
	root_make();
	path = mem_format("%s/state.db", root);
	cr_assert_eq(state_open(&state, path, &error), 0, "%s", error);
}

static void end(void)
{
	state_close(&state);
	free(path);
	root_remove();
}

Test(state, knows_what_was_graded_from_the_same, .init = make, .fini = end)
{
	char *record, *feedback;

	cr_assert_not(state_has(&state, "x", "ann", "source 1"));
	cr_assert_not(state_recall(&state, "x", "ann", &record, &feedback));
	cr_assert_eq(state_keep(&state, "x", "ann", "source 1", "{}", "page", &error), 0);
	cr_assert(state_has(&state, "x", "ann", "source 1"));
	cr_assert_not(state_has(&state, "x", "ann", "source 2"));
	cr_assert_not(state_has(&state, "x", "bob", "source 1"));
	cr_assert_not(state_has(&state, "y", "ann", "source 1"));
	cr_assert_eq(state_keep(&state, "x", "ann", "source 2", "{\"a\":1}", "other", &error), 0);
	cr_assert(state_has(&state, "x", "ann", "source 2"));
	cr_assert_not(state_has(&state, "x", "ann", "source 1"));
	cr_assert(state_recall(&state, "x", "ann", &record, &feedback));
	cr_assert_str_eq(record, "{\"a\":1}");
	cr_assert_str_eq(feedback, "other");
	free(record);
	free(feedback);
}

/* In a process that is killed as soon as it has said that it kept it. */
static void keep_and_be_killed(const char *database)
{
	int said[2];
	char byte;

	cr_assert_eq(pipe(said), 0);
	pid_t child = fork();
	if (child == 0) {
		struct state theirs;
		bool good = state_open(&theirs, database, &error) == 0 &&
			    state_keep(&theirs, "x", "ann", "1", "{}", "page", &error) == 0 &&
			    write(said[1], "k", 1) == 1;
		while (good)
			pause();
		_exit(1);
	}
	close(said[1]);
	cr_assert_eq(read(said[0], &byte, 1), 1);
	kill(child, SIGKILL);
	cr_assert_eq(waitpid(child, NULL, 0), child);
	close(said[0]);
}

Test(state, is_whole_after_a_kill, .init = make, .fini = end)
{
	state_close(&state);
	keep_and_be_killed(path);
	cr_assert_eq(state_open(&state, path, &error), 0, "%s", error);
	cr_assert(state_has(&state, "x", "ann", "1"));
}

Test(state, is_of_one_process_at_a_time, .init = make, .fini = end)
{
	struct state other;

	cr_assert_eq(state_open(&other, path, &error), -1);
	cr_assert(strstr(error, "in use by another grade"), "%s", error);
	free(error);
}

Test(state, of_a_newer_workbook_is_left_alone, .init = make, .fini = end)
{
	struct state other;
	char *newer = mem_format("%s/newer.db", root);

	root_run("sqlite3 newer.db 'PRAGMA user_version = 2' 2>/dev/null || true");
	if (access(newer, F_OK) == 0) {
		cr_assert_eq(state_open(&other, newer, &error), -1);
		cr_assert(strstr(error, "newer workbook"), "%s", error);
		free(error);
	}
	root_write(
		"text.db",
		"this is no database, and long enough to be taken for what it is: text and nothing else than text, a hundred bytes");
	char *text = mem_format("%s/text.db", root);
	cr_assert_eq(state_open(&other, text, &error), -1);
	free(error);
	free(text);
	free(newer);
}
