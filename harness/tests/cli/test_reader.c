/* The reader's loop through the command line: predict, take hints, fix one's own copy, go on, and lose nothing. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"

#define EXERCISE "exercises/" PITFALL "/line.c"
#define COPY "work/" PITFALL "/line.c"
#define KEPT "work/" PITFALL "/line.1.c"
#define ANOTHER "02-ownership/ownership-transfer"

static struct scratch scratch;

static void make(void)
{
	scratch_make(&scratch);
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(reader, .init = make, .fini = unmake, .timeout = 300);

/* Runs it, and expects the status and the words, on either stream. */
static void expect(int status, const char *arguments, const char *words)
{
	struct outcome outcome = scratch_expect(&scratch, status, arguments);

	cr_assert(strstr(outcome.out, words) || strstr(outcome.err, words), "%s:\n%s%s", arguments, outcome.out,
		  outcome.err);
	outcome_release(&outcome);
}

static void expect_none(const char *arguments, const char *words)
{
	struct outcome outcome = scratch_loose(&scratch, arguments);

	cr_assert_eq(outcome.status, 0, "%s: %s", arguments, outcome.err);
	cr_assert_not(strstr(outcome.out, words), "%s:\n%s", arguments, outcome.out);
	outcome_release(&outcome);
}

static void add_pitfall(const char *pitfall)
{
	char command[1024];

	snprintf(command, sizeof command,
		 "for t in chapters exercises solutions; do mkdir -p $t/%s && cp -r ../../$t/%s/. $t/%s; done; "
		 "cp ../../chapters/02-ownership/README.md chapters/02-ownership/",
		 pitfall, pitfall, pitfall);
	scratch_shell(&scratch, "%s", command);
}

/* What the reader's own file is, byte for byte. */
static void expect_file(const char *path, const char *text)
{
	char *there = scratch_read(&scratch, path);

	cr_assert_str_eq(there, text, "%s", path);
	free(there);
}

static json_t *progress_of(const char *pitfall)
{
	struct outcome outcome = scratch_loose(&scratch, "progress --json -");
	json_t *all = json_loads(outcome.out, 0, NULL), *one, *found = NULL;
	size_t i;

	json_array_foreach(json_object_get(all, "pitfalls"), i, one)
		if (strcmp(json_string_value(json_object_get(one, "pitfall")), pitfall) == 0)
			found = json_incref(one);
	cr_assert(found, "%s%s", outcome.out, outcome.err);
	json_decref(all);
	outcome_release(&outcome);
	return found;
}

static void expect_number(const char *pitfall, const char *key, long number)
{
	json_t *one = progress_of(pitfall), *value = json_object_get(one, key);
	long there = json_is_boolean(value) ? json_is_true(value) : (long)json_integer_value(value);

	cr_assert_eq(there, number, "%s: %ld", key, there);
	json_decref(one);
}

/* --- where to begin ------------------------------------------------------------------------------------------------*/

Test(reader, alone_it_says_what_to_type)
{
	expect(0, "", "You have not begun yet.\n\nType next:\n\n  ./loose predict implicit-contract\n");
	expect(0, "next", "what it must do is said in\n  \texercises/" PITFALL "/README.md");
	expect(0, "",
	       "You have predicted 0 of 1 and passed 0 of 1.\nIn hand: " PITFALL ", " COPY
	       "\n  0 attempts, hints taken: 0\n");
	expect(0, "", "\n  ./loose predict implicit-contract\n");
}

/* An exercise that no chapter's text and pair belong to. */
Test(reader, an_exercise_alone_is_opened_and_not_predicted)
{
	scratch_shell(&scratch, "rm -rf chapters/" PITFALL);
	expect(0, "next", "what it must do is said in\n  \texercises/" PITFALL "/README.md");
	expect_none("next", "predict");
	expect(0, "", "\n  ./loose watch\n");
	expect(2, "predict implicit", PITFALL " is an exercise alone, with no program to predict; './loose watch");
	expect(2, "diff implicit", PITFALL " is an exercise alone, with no pair of programs; './loose watch");
	expect(0, "progress", "Predicted 0 of 0, passed 0 of 1.\n");
	expect(0, "list", "The line that pinged after the goodbye");
	expect(0, "show implicit", "==== exercises/" PITFALL "/README.md ====");
	expect_none("show implicit", "answers are hidden");
}

/* From the first refusal to the solution: what is edited is a contract, and the loop is that of every exercise. */
Test(reader, writes_a_contract)
{
	static const char own[] = "10-api-design/what-stop-promises";

	scratch_shell(&scratch, "for t in exercises solutions; do mkdir -p $t/%s && cp -r ../../$t/%s/. $t/%s; done",
		      own, own, own);
	expect(1, "check what-stop", "readable: it promises nothing");
	expect(0, "hint what-stop", "Begin with the callers");
	scratch_shell(&scratch, "cp solutions/%s/tide.c work/%s/tide.c", own, own);
	expect(0, "check what-stop", "Passed.");
	expect(0, "solution what-stop", "joined == started");
	expect(0, "reset what-stop", "tide.1.c");
	expect(0, "progress", "passed 1 of 2");
}

/* To look leaves nothing behind. */
Test(reader, looking_makes_no_file)
{
	expect(0, "", "");
	expect(0, "list", PITFALL);
	expect(0, "show implicit", "");
	expect(0, "progress", "Predicted 0 of 1, passed 0 of 1.\n");
	scratch_shell(&scratch, "! test -e work");
}

/* --- predictions ---------------------------------------------------------------------------------------------------*/

Test(reader, a_prediction_is_compared_and_remembered)
{
	expect(0, "predict implicit --guess thdm --confidence 80", "budget     silent   fires    WRONG\n");
	expect_number(PITFALL, "predictions", 1);
	expect_number(PITFALL, "predicted_right", 0);
	expect(0, "predict implicit --guess all --confidence 100",
	       "5 of 5 right, at 100 %. You have predicted it before: only the first time counts.");
	expect(0, "predict implicit --guess n,y,y,y,y --confidence 50", "ThreadSanitizer counts `free()`");
	expect_number(PITFALL, "predicted_right", 0);
	expect(0, "progress", "  of 5 cells at 80 to 89 % you were right in 4\n");
	expect(0, "progress", "budget                       0 of 1       1 fired unexpected\n");
	expect(0, "progress", "These are 5 guesses: too few to say much of you.");
	expect(0, "list", " p     " PITFALL);
}

Test(reader, what_is_no_prediction_is_refused)
{
	expect(2, "predict implicit --guess tsna --confidence 80",
	       "no detector here is called 'tsna'; did you mean 'tsan'?");
	expect(2, "predict implicit --guess none --confidence 30",
	       "--confidence takes a number from 50 to 100, not 30");
	expect(2, "predict implicit --guess none --confidence 60 --answer a", "leave out --answer");
	expect(2, "predict", "no exercise is in hand yet; say which pitfall: ./loose predict implicit-contract");
	expect(2, "predict implcit-contract --guess none", "did you mean 'implicit-contract'?");
	/* The input is empty: nothing is remembered of it. */
	expect(2, "predict implicit", "the prediction was broken off; nothing is remembered of it");
	expect(2, "predict implicit --guess none", "the prediction was broken off");
	scratch_shell(&scratch, "! test -e work/progress.db");
}

/* Shows the program, without its declaration; then the questions are answered from a pipe. */
Test(reader, answers_come_from_a_pipe)
{
	char command[2048];

	snprintf(command, sizeof command,
		 "printf '?\\nall\\n70\\n' | LOOSE_ROOT='%s' '%s/build/loose' predict implicit >out 2>err",
		 scratch.root, scratch.root);
	scratch_shell(&scratch, "%s", command);
	scratch_shell(
		&scratch,
		"grep -q '^It promises: when cache_free() returns, no thread touches the cache.$' out && "
		"grep -q '^Its budget: detached <= 0, joined == started$' out && ! grep -q 'fires  *data-race' out && "
		"grep -q '^5 of 5 right, at 70 %%' out && "
		"grep -q '^  memcheck  bytes: alive, freed or lost, written or not$' out");
	expect_number(PITFALL, "predicted_right", 1);
}

/* Ctrl-C at a question: the process ends by it, and nothing is half remembered. */
Test(reader, an_interrupt_leaves_nothing)
{
	int in[2], out[2], status;
	char seen[65536];
	size_t length = 0;

	cr_assert(pipe(in) == 0 && pipe(out) == 0);
	pid_t child = fork();
	if (child == 0) {
		setenv("LOOSE_ROOT", scratch.root, 1);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		close(in[1]);
		execl("build/loose", "loose", "predict", "implicit", (char *)NULL);
		_exit(99);
	}
	close(out[1]);
	cr_assert_eq(write(in[1], "tsan\n", 5), 5);
	for (ssize_t got = 1; got > 0 && length<sizeof seen - 1; length += got> 0 ? (size_t)got : 0) {
		got = read(out[0], seen + length, sizeof seen - 1 - length);
		seen[length + (got > 0 ? (size_t)got : 0)] = '\0';
		if (strstr(seen, "How sure"))
			break;
	}
	kill(child, SIGINT);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT, "%d: %s", status, seen);
	close(in[0]);
	close(in[1]);
	close(out[0]);
	scratch_shell(&scratch, "! test -e work/progress.db");
}

/* --- what is hidden ------------------------------------------------------------------------------------------------*/

Test(reader, answers_are_hidden_until_then)
{
	static const char how[] = "./loose predict implicit-contract; --answers shows";

	expect(0, "show implicit", how);
	expect_none("show implicit", " * tsan      fires");
	expect_none("show implicit", "What the detectors say\n");
	expect(0, "show --answers implicit", " * tsan      fires");
	expect(0, "show --answers implicit", "## What the detectors say");
	expect_none("show --exercise implicit", " * test      fails");
	expect(0, "diff implicit", how);
	expect_none("diff implicit", "fires");
	expect(0, "diff --answers implicit", "- * tsan      fires");
	expect(0, "run implicit --detector budget", how);
	expect(0, "run implicit --detector budget", "budget: fires\n");
	expect(0, "run implicit --detector budget --answers", "budget: fires, as declared\n");
	expect(0, "predict implicit --guess all --confidence 80", "5 of 5 right");
	expect(0, "show implicit", " * tsan      fires");
	expect_none("show implicit", "--answers");
	expect(0, "diff implicit", "- * tsan      fires");
	expect(0, "run implicit --detector budget", "budget: fires, as declared\n");
}

/* --- the exercise --------------------------------------------------------------------------------------------------*/

/* The copy is judged by its name and in hand, whatever the time of the file is, and the exercise in git stays as it is. */
Test(reader, the_copy_is_judged)
{
	char arguments[PATH_MAX + 64];
	char *starter = scratch_read(&scratch, EXERCISE),
	     *solution = scratch_read(&scratch, "solutions/" PITFALL "/line.c");

	expect(1, "check implicit-contract", "Not yet. ./loose hint implicit-contract gives a hint");
	expect_file(COPY, starter);
	expect_number(PITFALL, "attempts", 1);
	scratch_shell(&scratch, "cp solutions/" PITFALL "/line.c " COPY " && touch -d 2001-01-01 " COPY);
	expect(0, "check", "Passed. Read now: exercises/" PITFALL "/README.md, 'When it passes'");
	expect_number(PITFALL, "passed", 1);
	expect_number(PITFALL, "attempts", 2);
	expect_file(EXERCISE, starter);
	expect_file(COPY, solution);
	/* Taken back, the old one is judged, though it is older than what was made of the other. */
	expect(0, "reset", COPY " is as it began; yours is now " KEPT);
	expect_number(PITFALL, "passed", 0);
	expect(1, "check " PITFALL, "test: fails");
	expect(0, "reset --undo implicit", COPY " is what " KEPT " was");
	expect_file(COPY, solution);
	expect_file(KEPT, starter);
	snprintf(arguments, sizeof arguments, "check '%s/" COPY "'", scratch.root);
	expect(0, arguments, "Passed.");
	free(starter);
	free(solution);
}

/* What is handed in under another name is nobody's attempt; the exercise's own file in git is. */
Test(reader, the_old_ways_go_on)
{
	scratch_shell(&scratch, "cp solutions/" PITFALL "/line.c exercises/" PITFALL "/a-student.c");
	char arguments[PATH_MAX + 64];
	snprintf(arguments, sizeof arguments, "check '%s/exercises/" PITFALL "/a-student.c'", scratch.root);
	expect(0, arguments, "test: passes, as it must be");
	scratch_shell(&scratch, "! test -e work");
	snprintf(arguments, sizeof arguments, "check '%s/" EXERCISE "'", scratch.root);
	expect(1, arguments, "Not yet.");
	expect_number(PITFALL, "attempts", 1);
}

Test(reader, hints_come_one_by_one)
{
	expect(0, "hint implicit", "Hint 1\n");
	expect(0, "show --exercise implicit", "## Hint 1\n");
	expect_none("show --exercise implicit", "## Hint 2\n");
	expect(0, "show --exercise --answers implicit", "## Hint 2\n");
	expect_none("hint implicit", "Hint 1\n");
	expect(0, "hint implicit", "Hint 3\n");
	expect(0, "hint implicit", "All 3 hints were given: './loose hint --all implicit-contract' shows them again");
	expect(0, "hint --all implicit", "Hint 1\n");
	expect(0, "show --exercise implicit", "## Hint 3\n");
	expect_number(PITFALL, "hints", 3);
	expect(2, "hint", "no exercise is in hand yet");
	expect(2, "hint implict", "did you mean 'implicit-contract'?");
}

Test(reader, a_solution_is_asked_for_twice)
{
	expect(0, "solution implicit", "You have not passed " PITFALL " yet.");
	expect_none("solution implicit", "You have not passed");
	expect(0, "solution implicit", "==== solutions/" PITFALL "/line.c ====");
	expect(0, "solution implicit", "Another right design: solutions/" PITFALL "/also-right/");
}

Test(reader, a_reset_of_all_keeps_each_file)
{
	add_pitfall(ANOTHER);
	expect(0, "reset --all", "No exercise has been opened yet.");
	expect(0, "next", "exercise 1 of 2");
	expect(0, "next", "exercise 2 of 2");
	scratch_shell(&scratch, "echo mine >" COPY " && echo mine >work/" ANOTHER "/upload.c");
	expect(0, "reset --all", "yours is now work/" ANOTHER "/upload.1.c");
	expect_file(KEPT, "mine\n");
	expect_file("work/" ANOTHER "/upload.1.c", "mine\n");
	expect(2, "reset --all implicit", "--all is every exercise; leave out implicit");
	expect(2, "reset --undo --all", "--all is every exercise; leave out --undo");
	scratch_shell(&scratch, "rm " KEPT);
	expect(2, "reset --undo implicit", "nothing was kept of '" COPY "'");
}

/* --- going on ------------------------------------------------------------------------------------------------------*/

Test(reader, goes_on_and_back)
{
	add_pitfall(ANOTHER);
	expect(0, "next", PITFALL ", exercise 1 of 2");
	expect(0, "next", ANOTHER ", exercise 2 of 2");
	expect(0, "next", "There is no further exercise. 2 are not passed; the first is " PITFALL);
	expect(0, "list", "> o    " ANOTHER);
	expect(0, "previous", PITFALL ", exercise 1 of 2");
	expect(0, "previous", "This is the first exercise.");
	expect(0, "list", "> o    " PITFALL);
	expect(0, "list --json -", "\"opened\": true");
}

/* Only what was passed, or predicted rightly by somebody who has passed one of that chapter, is skipped. */
Test(reader, what_is_known_is_skipped)
{
	add_pitfall(ANOTHER);
	expect(0, "next", PITFALL);
	expect(0, "predict transfer --guess thdb --confidence 90", "5 of 5 right");
	expect(0, "next --known", ANOTHER ", exercise 2 of 2");
	expect(0, "previous", PITFALL);
	scratch_shell(&scratch, "cp solutions/" PITFALL "/line.c " COPY);
	expect(0, "check", "Passed.");
	expect(0, "next --known", ANOTHER " is known to you\nThere is no further exercise. 1 is not passed");
	expect(0, "next", ANOTHER ", exercise 2 of 2");
}

/* --- a newer workbook ----------------------------------------------------------------------------------------------*/

Test(reader, a_newer_kit_is_merged)
{
	expect(0, "next", PITFALL);
	scratch_replace(&scratch, COPY, "free(line);", "free(line); /* mine */");
	expect(0, "merge", "there is nothing to merge");
	char *mine = scratch_read(&scratch, COPY);
	scratch_replace(&scratch, EXERCISE, "long interval; /* milliseconds */", "long interval; /* ms */");
	expect(1, "check", "'./loose merge implicit-contract' puts the two together");
	expect_file(COPY, mine);
	expect(0, "merge", "has what is new in the exercise. Yours as it was is " KEPT);
	scratch_shell(&scratch, "grep -q '/[*] mine [*]/' " COPY " && grep -q '/[*] ms [*]/' " COPY);
	expect_file(KEPT, mine);
	scratch_replace(&scratch, EXERCISE, "free(line);", "free(line); /* theirs */");
	expect(1, "merge implicit", "both stand between marks");
	scratch_shell(&scratch, "grep -q '<<<<<<< yours' " COPY);
	expect(0, "reset --undo", "");
	scratch_shell(&scratch, "! grep -q '<<<<<<<' " COPY);
	free(mine);
}

Test(reader, the_contract_is_the_kits)
{
	expect(0, "next", PITFALL);
	scratch_shell(&scratch, "cp exercises/" PITFALL "/line.h work/" PITFALL "/line.h");
	expect(2, "check", "'work/" PITFALL "/line.h' stands in the way of the exercise's own header");
	scratch_shell(&scratch, "rm work/" PITFALL "/line.h && echo '/* newer */' >>exercises/" PITFALL "/line.h");
	expect(0, "next", "There is no further exercise");
	expect(0, "previous", "first");
	expect(0, "merge", "there is nothing to merge");
}

/* --- the memory ----------------------------------------------------------------------------------------------------*/

Test(reader, two_machines_are_merged)
{
	expect(0, "hint implicit", "Hint 1");
	struct outcome one = scratch_loose(&scratch, "progress --export -");
	scratch_write(&scratch, "one.json", one.out);
	outcome_release(&one);
	scratch_shell(&scratch, "rm work/progress.db");
	expect(0, "solution implicit", "You have not passed");
	char arguments[PATH_MAX + 64];
	snprintf(arguments, sizeof arguments, "progress --import '%s/one.json'", scratch.root);
	expect(0, arguments, "1 event of ");
	expect(0, arguments, "0 events of ");
	expect_number(PITFALL, "hints", 1);
	scratch_write(&scratch, "one.json", "{}");
	expect(2, arguments, "is not taken over: it is not progress of schema loose-threads/progress/1");
	scratch_write(&scratch, "one.json", "{");
	expect(2, arguments, "is not JSON");
	expect(2, "progress --import /no/such", "cannot read '/no/such'");
}

Test(reader, a_damaged_memory_is_set_aside_and_work_goes_on)
{
	expect(0, "hint implicit", "Hint 1");
	scratch_shell(&scratch,
		      "echo 'this is no database, and it is long enough to be looked at as one' >work/progress.db");
	expect(0, "hint implicit",
	       "loose: 'work/progress.db' is damaged and now called 'work/progress.db.damaged-1'; a new one is begun\n");
	expect(0, "hint implicit", "Hint 2\n");
	expect_number(PITFALL, "hints", 2);
}

Test(reader, without_a_memory_work_goes_on)
{
	scratch_shell(&scratch, "mkdir -p work/progress.db");
	expect(0, "hint implicit", "loose: 'work/progress.db' cannot be kept: unable to open database file");
	expect(0, "hint implicit", "Hint 1\n");
	expect(3, "progress", "cannot be kept");
}

/* `make kills` does it at 200 moments. */
Test(reader, commands_can_be_killed_at_any_moment)
{
	scratch_shell(&scratch, "harness/tests/kills 5");
}
