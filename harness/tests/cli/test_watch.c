/* The learner's loop, driven in a terminal: keys are typed, files are saved, and the screen is read. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pty.h"
#include "scratch.h"

#define COPY "work/" PITFALL "/line.c"
#define WRONG "solutions/" PITFALL "/wrong/"

static struct scratch scratch;
static struct pty pty;

static void begin(void)
{
	scratch_make(&scratch);
}

static void end(void)
{
	scratch_remove(&scratch);
}

TestSuite(watch, .init = begin, .fini = end, .timeout = 900);

/* Saves as an editor does that writes another file and renames it. */
static void save_by_rename(const char *source)
{
	char *text = scratch_read(&scratch, source);
	char from[512], to[512];

	scratch_write(&scratch, "work/" PITFALL "/.line.c.new", text);
	snprintf(from, sizeof from, "%s/work/" PITFALL "/.line.c.new", scratch.root);
	snprintf(to, sizeof to, "%s/" COPY, scratch.root);
	cr_assert_eq(rename(from, to), 0);
	free(text);
}

static void save_in_place(const char *source)
{
	char *text = scratch_read(&scratch, source);

	scratch_write(&scratch, COPY, text);
	free(text);
}

static void delete_copy(void)
{
	char path[512];

	snprintf(path, sizeof path, "%s/" COPY, scratch.root);
	cr_assert_eq(unlink(path), 0);
}

static void same_files(const char *one, const char *other)
{
	char *left = scratch_read(&scratch, one), *right = scratch_read(&scratch, other);

	cr_expect_str_eq(left, right, "%s and %s", one, other);
	free(left);
	free(right);
}

static void start_watching(void)
{
	pty_type(&pty, "build/loose watch implicit\r");
	pty_await(&pty, "exercise 1 of 1");
}

/* Ends the loop by these keys; the terminal is as it was, and nothing is left. */
static void leave(const char *keys, const char *status)
{
	pty_type(&pty, keys);
	pty_await(&pty, "ready: ");
	cr_expect_not(pty.alternate);
	cr_expect(pty_is_cooked(&pty));
	pty_type(&pty, "echo it ended with $?\r");
	pty_await(&pty, status);
	cr_expect_not(scratch_left_behind(&scratch));
}

static void read_hints(void)
{
	pty_type(&pty, "h");
	pty_await(&pty, "Hint 1 of 3");
	pty_await(&pty, "The starter answers one of the three questions");
	cr_expect_not(pty_shows(&pty, "stop.h"));
	pty_type(&pty, "h");
	pty_await(&pty, "Hint 2 of 3");
	pty_type(&pty, "h");
	pty_await(&pty, "Hint 3 of 3, the last one");
	pty_type(&pty, "\033");
	pty_await_gone(&pty, "Hint 3 of 3");
}

/* The solution is shown when it is asked for a second time, and not before. */
static void ask_for_solution(void)
{
	pty_type(&pty, "s");
	pty_await(&pty, "s once more shows the solution");
	cr_expect_not(pty_shows(&pty, "The thread gets an owner"));
	pty_type(&pty, "s");
	pty_await(&pty, "The thread gets an owner");
	pty_type(&pty, "s");
	pty_await_gone(&pty, "The thread gets an owner");
}

/* What was deleted is missed, and judged when it comes back. */
static void fail_at_each_stage(void)
{
	scratch_write(&scratch, COPY, "#include \"line.h\"\nint oops\n");
	pty_await(&pty, "It does not compile.");
	pty_await(&pty, "error: expected ';'");
	delete_copy();
	pty_await(&pty, "is not there");
	scratch_write(&scratch, COPY, "");
	pty_await(&pty, "is empty");
	save_by_rename(WRONG "sleep-instead-of-join.c");
	pty_await(&pty, "Refused: tsan fires");
	pty_await(&pty, "data-race in send_frame");
	pty_type(&pty, "\033[F"); /* how long the finding is depends on the exercise's test */
	pty_await(&pty, "The contract that this breaks: when line_close() returns");
	save_in_place(WRONG "cancel.c");
	pty_await(&pty, "Refused: a test fails");
	pty_await(&pty, "sends_nothing_after_close");
}

/* A save ends what is running: what is shown in the end is of the last one. */
static void save_during_a_run(void)
{
	save_in_place(WRONG "join-without-waking.c");
	pty_await(&pty, "Judging...");
	/* Its test waits for 8 s, and says nothing meanwhile. */
	pty_await(&pty, "running for ");
	save_by_rename("solutions/" PITFALL "/line.c");
	pty_await(&pty, "Passed: the tests pass");
	pty_await(&pty, "What to read now");
	pty_await(&pty, "1 passed");
}

static void reset_and_undo(void)
{
	pty_type(&pty, "r");
	pty_await(&pty, "Begin anew?");
	pty_type(&pty, "n");
	pty_await(&pty, "Nothing was changed");
	same_files(COPY, "solutions/" PITFALL "/line.c");
	pty_type(&pty, "ry");
	pty_await(&pty, "Begun anew; your file is");
	same_files(COPY, "exercises/" PITFALL "/line.c");
	pty_await(&pty, "0 passed");
	pty_type(&pty, "u");
	pty_await(&pty, "is your file again");
	same_files(COPY, "solutions/" PITFALL "/line.c");
	pty_await(&pty, "Passed: the tests pass");
}

static void resize(void)
{
	pty_resize(&pty, 20, 70);
	pty_await(&pty, "This window has 70 columns and 20 rows");
	pty_resize(&pty, 24, 80);
	pty_await(&pty, "Passed: the tests pass");
	pty_await(&pty, "? help  q quit");
}

static void stop_and_go_on(void)
{
	pty_type(&pty, "\032");
	pty_await(&pty, "ready: ");
	cr_expect_not(pty.alternate);
	cr_expect(pty_is_cooked(&pty));
	pty_type(&pty, "fg\r");
	pty_await(&pty, "Passed: the tests pass");
	cr_expect(pty.alternate);
	cr_expect_not(pty_is_cooked(&pty));
}

/* An update of the kit changes an exercise that was begun: it is judged by the new one. */
static void update_the_kit(void)
{
	scratch_replace(&scratch, "exercises/" PITFALL "/test.c", "the goodbye was not the last frame",
			"the last frame was no goodbye");
	pty_await(&pty, "The kit has changed this exercise");
	pty_await(&pty, "Passed: the tests pass");
	same_files(COPY, "solutions/" PITFALL "/line.c");
}

static void search_the_list(void)
{
	pty_type(&pty, "l");
	pty_await(&pty, "> " PITFALL);
	pty_type(&pty, "/zzz");
	pty_await(&pty, "There is none with that in its name");
	pty_type(&pty, "\177\177\177imp\r");
	pty_await(&pty, "> " PITFALL);
	pty_type(&pty, "\033");
	pty_await_gone(&pty, "/ searches");
}

Test(watch, is_driven_in_a_terminal)
{
	pty_start(&pty, &scratch, "", 50, 120);
	start_watching();
	cr_expect_not(pty_is_cooked(&pty));
	pty_await(&pty, "Refused: a test fails");
	read_hints();
	ask_for_solution();
	fail_at_each_stage();
	save_during_a_run();
	reset_and_undo();
	update_the_kit();
	search_the_list();
	resize();
	stop_and_go_on();
	leave("q", "it ended with 0");
	pty_end(&pty);
}

/* The exercise's text links its file, which is not the reader's. A reader who edits that one is told, for no verdict comes. */
Test(watch, tells_who_edits_the_wrong_file)
{
	pty_start(&pty, &scratch, "", 50, 120);
	start_watching();
	pty_await(&pty, "What it must do: exercises/" PITFALL "/README.md");
	pty_await(&pty, "Refused: a test fails");
	scratch_replace(&scratch, "exercises/" PITFALL "/line.c", "nanosleep(&pause, NULL);", "return NULL;");
	pty_await(&pty, "line.c was changed, and is not what is judged.");
	pty_await(&pty, "Refused: a test fails");
	save_in_place("solutions/" PITFALL "/line.c");
	pty_await_gone(&pty, "is not what is judged");
	leave("q", "it ended with");
	pty_end(&pty);
}

/* Whatever ends it but SIGKILL, the terminal is as it was; and what the reader has is as it was in any case. */
Test(watch, gives_the_terminal_back)
{
	static const int signals[] = {SIGTERM, SIGHUP, SIGSEGV, SIGABRT};
	static const char *const statuses[] = {"it ended with 143", "it ended with 129", "it ended with 139",
					       "it ended with 134"};

	pty_start(&pty, &scratch, "NO_COLOR=1 LC_ALL=C", 24, 80);
	for (int i = 0; i < 4; i++) {
		start_watching();
		pty_await(&pty, "[ ] memcheck");
		kill(pty_foreground(&pty), signals[i]);
		leave("", statuses[i]);
		pty_type(&pty, "clear\r");
		pty_await_gone(&pty, "it ended");
	}
	cr_expect_not(pty.coloured);
	start_watching();
	pty_await(&pty, "[ ] memcheck");
	pty_await(&pty, "n next  ? help  q quit");
	leave("\003", "it ended with 130");
	pty_end(&pty);
}

/* The commands beside the loop, where a reader begins. */
Test(watch, fits_the_window_before_it_begins)
{
	pty_start(&pty, &scratch, "LC_ALL=C", 24, 80);
	pty_type(&pty, "COLUMNS=60 build/loose list\r");
	pty_await(&pty, "  The evictor that...");
	/* A minimal Debian 13 has no less: there all is shown at once. */
	bool less = system("command -v less >/dev/null") == 0;
	pty_type(&pty, "PAGER= build/loose show implicit\r");
	pty_await(&pty, less ? "Space shows more, q ends the reading" : "--answers shows them now");
	leave(less ? "q" : "", "it ended with 0");
	pty_end(&pty);
}

Test(watch, loses_nothing_to_sigkill)
{
	pty_start(&pty, &scratch, "", 24, 80);
	start_watching();
	pty_type(&pty, "h");
	pty_await(&pty, "Hint 1 of 3");
	save_in_place("solutions/" PITFALL "/line.c");
	pty_await(&pty, "Judging...");
	kill(pty_foreground(&pty), SIGKILL);
	pty_await(&pty, "ready: ");
	same_files(COPY, "solutions/" PITFALL "/line.c");
	pty_type(&pty, "stty sane\r");
	start_watching();
	pty_await(&pty, "Passed: the tests pass");
	/* The hint that was taken is known. */
	pty_type(&pty, "hh");
	pty_await(&pty, "Hint 2 of 3");
	leave("q", "it ended with 0");
	pty_end(&pty);
}

/* Runs it in a pipe with these lines; what it prints is in "out". The exit status. */
static int run_plain(const char *lines)
{
	char command[2048];

	scratch_write(&scratch, "lines", lines);
	snprintf(command, sizeof command,
		 "cd '%s' && cat lines | LC_ALL=C.UTF-8 LOOSE_ROOT='%s' build/loose watch implicit >out 2>&1",
		 scratch.root, scratch.root);
	int status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void says(const char *words)
{
	char *out = scratch_read(&scratch, "out");

	cr_expect(strstr(out, words), "'%s' is not in:\n%s", words, out);
	free(out);
}

/* No line is longer than 80 columns, and none has an escape sequence. */
static void fits(void)
{
	char *out = scratch_read(&scratch, "out");

	cr_expect_not(strchr(out, '\033'));
	for (char *line = strtok(out, "\n"); line; line = strtok(NULL, "\n")) {
		size_t columns = 0;
		for (const char *at = line; *at; at++)
			columns += ((unsigned char)*at & 0xc0) != 0x80;
		cr_expect_leq(columns, 80, "%s", line);
	}
	free(out);
}

/* Without a terminal: lines in, lines out, and the verdict as the exit status. */
Test(watch, prints_lines_and_takes_words)
{
	cr_expect_eq(run_plain("hint\nhnit\nlist\nreset\nn\nhelp"), 1);
	says("Hint 1 of 3; h shows the next one.");
	says("did you mean 'hint'?");
	says(PITFALL);
	says("Nothing was changed.");
	says("compiler: compiles\n");
	says("test: fails: sends_nothing_after_close\n");
	says("Refused: a test fails");
	says("The contract that this breaks");
	fits();
	save_in_place("solutions/" PITFALL "/line.c");
	cr_expect_eq(run_plain(""), 0);
	says("memcheck: silent\n");
	says("Passed: the tests pass, and no detector fires.");
	fits();
	cr_expect_eq(run_plain("quit\n"), 0);
	cr_expect_not(scratch_left_behind(&scratch));
}
