/* Bad input: one clear line that names the file and the fix, and the exit status. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"

static struct scratch scratch;

static void make(void)
{
	scratch_make(&scratch);
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(input, .init = make, .fini = unmake, .timeout = 300);

/* Of what is wrong: on a slow machine lines tell how far the judging is. */
static unsigned lines(const char *text)
{
	unsigned count = 0;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		count += strncmp(text, "judging ", 8) != 0;
	return count;
}

/* This exit status, and exactly one line on stderr, with these words in it. */
static void expect_status(int status, const char *arguments, const char *words)
{
	struct outcome outcome = scratch_loose(&scratch, arguments);

	cr_assert_eq(outcome.status, status, "status %d", outcome.status);
	cr_assert(strstr(outcome.err, words), "%s", outcome.err);
	cr_assert_eq(lines(outcome.err), 1, "%s", outcome.err);
	outcome_release(&outcome);
}

static void expect(const char *arguments, const char *words)
{
	expect_status(2, arguments, words);
}

Test(input, unknown_command)
{
	expect("judge", "unknown command 'judge'; './loose --help' lists them");
	expect("verfiy", "unknown command 'verfiy'; did you mean 'verify'?");
}

Test(input, unknown_option)
{
	expect("verify --quickly", "unknown option '--quickly'; './loose verify --help' lists them");
	expect("show implicit -x", "unknown option '-x'; './loose show --help' lists them");
}

Test(input, option_without_its_value)
{
	expect("verify --repeat", "'--repeat' needs a value");
}

Test(input, option_with_a_bad_number)
{
	expect("verify --repeat many", "--repeat takes a whole number");
	expect("verify --timeout 0", "--timeout takes a whole number from 1 to 1000000, not '0'");
	expect("verify --repeat 0", "--repeat takes a whole number from 1 to 1000000, not '0'");
	expect("verify --jobs 1000001", "--jobs takes a whole number from 1 to 1000000, not '1000001'");
	expect("check --idle -1 x.c", "--idle takes a whole number from 0 to 1000000, not '-1'");
	/* As its help says, 0 is for ever. */
	expect("check --idle 0 no-such.c", "cannot read 'no-such.c'");
	expect("verify --delays 7", "--delays is for the runs after the first; give --repeat 2 or more too");
	expect("verify --jobs 0", "--jobs takes a whole number from 1 to 1000000, not '0'");
}

Test(input, unknown_pitfall)
{
	expect("verify no-such", "no pitfall is called 'no-such'");
	expect("run no-such", "no pitfall is called 'no-such'");
	expect("show no-such", "no pitfall is called 'no-such'; './loose list' names them");
	expect("list no-such", "no pitfall is called 'no-such'; './loose list' names them");
	expect("diff implicit-contact", "no pitfall is called 'implicit-contact'; did you mean 'implicit-contract'?");
}

/* One line, in one colour. */
Test(input, names_with_control_characters_are_escaped)
{
	expect("\"$(printf 'ver\\nify\\033[31m')\"", "unknown command 'ver\\nify\\033[31m'");
	expect("verify \"$(printf 'no\\nsuch\\033[31m')\"", "no pitfall is called 'no\\nsuch\\033[31m'");
	expect("verify --detector \"$(printf 'ts\\nan')\"", "no detector is called 'ts\\nan'");
	expect("verify --json \"$(printf '/no/\\nsuch')\"", "cannot write '/no/\\nsuch': No such file");
	expect("run implicit \"$(printf 'bro\\nken')\"", "has no program 'bro\\nken'");
}

/* Valgrind's XML could not hold it, and make reads lines. */
Test(input, check_of_a_file_whose_name_no_tool_can_take)
{
	static const char *const names[] = {"new\\nline", "esc\\033ape", "no-utf-\\377", "dir\\001/x"};
	char command[1024];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(command, sizeof command,
			 "f=$(printf '%s/%s.c'); mkdir -p \"$(dirname \"$f\")\" && echo 'int main(void) { return 0; }' "
			 ">\"$f\"",
			 scratch.root, names[i]);
		cr_assert_eq(system(command), 0);
		snprintf(command, sizeof command, "check \"$(printf '%s/%s.c')\"", scratch.root, names[i]);
		expect(command, "has a control character in it, or is not UTF-8");
	}
	expect("check -I\"$(printf 'a\\nb')\" x.c", "'-Ia\\nb' has a control character");
}

Test(input, ambiguous_pitfall)
{
	char command[1024];

	snprintf(command, sizeof command,
		 "cd '%s' && for d in chapters exercises solutions; do cp -r $d/" PITFALL
		 " $d/02-ownership/implicit-too; done",
		 scratch.root);
	cr_assert_eq(system(command), 0);
	expect("verify implicit", "'implicit' may be any of 02-ownership/implicit-contract, 02-ownership/implicit-too");
}

Test(input, unknown_detector_option)
{
	expect("verify --detector lint", "no detector is called 'lint'");
}

Test(input, unknown_program)
{
	expect("run implicit best",
	       "02-ownership/implicit-contract has no program 'best'; it has broken, fixed, starter, "
	       "solution, ");
	expect("run implicit fixd", "02-ownership/implicit-contract has no program 'fixd'; did you mean 'fixed'?");
}

/* A damaged header: told with its line; the other program is still judged. */
static void expect_header(const char *old, const char *new, const char *words)
{
	scratch_replace(&scratch, BROKEN, old, new);
	struct outcome outcome = scratch_loose(&scratch, "verify --chapters --detector tsan");

	cr_assert_eq(outcome.status, 2, "status %d", outcome.status);
	cr_assert(strstr(outcome.err, words), "%s", outcome.err);
	cr_assert(strstr(outcome.err, BROKEN), "%s", outcome.err);
	cr_assert_eq(lines(outcome.err), 1, "%s", outcome.err);
	cr_assert(strstr(outcome.out, "1 as declared"), "%s", outcome.out);
	outcome_release(&outcome);
}

Test(input, header_with_an_unknown_word)
{
	expect_header(" * tsan      fires", " * tsan      shouts", "'tsan shouts' is unknown");
}

Test(input, header_with_an_unknown_detector)
{
	expect_header(" * tsan      fires", " * lint      fires", "unknown word 'lint'");
}

Test(input, header_with_an_unknown_kind)
{
	expect_header("data-race in", "bad-luck in", "tsan has no kind 'bad-luck'");
}

Test(input, header_that_declares_a_detector_twice)
{
	expect_header(" * drd  ", " * tsan      blind  twice\n * drd  ", "'tsan' is declared twice");
}

Test(input, header_without_a_detector)
{
	expect_header(" * drd       fires  ConflictingAccess in evict\n", "", "says nothing of 'drd'");
}

Test(input, silence_declared_where_a_test_fails)
{
	scratch_replace(&scratch, "exercises/" PITFALL "/line.c", " * test  ", " * drd       silent\n * test  ");
	struct outcome outcome = scratch_loose(&scratch, "verify --exercises --detector test");

	cr_assert_eq(outcome.status, 2, "status %d", outcome.status);
	cr_assert(strstr(outcome.err, "/line.c: 'drd silent' is luck where a test fails"), "%s", outcome.err);
	cr_assert_eq(lines(outcome.err), 1, "%s", outcome.err);
	outcome_release(&outcome);
}

Test(input, missing_header)
{
	expect_header("/*\n * ", "/*\n */\n/*\n * ", "no declaration");
}

Test(input, program_that_does_not_compile)
{
	struct outcome outcome;

	scratch_replace(&scratch, BROKEN, "int main(void)", "int main(void) oops");
	outcome = scratch_loose(&scratch, "verify --chapters --detector tsan");
	cr_assert_eq(outcome.status, 2, "status %d", outcome.status);
	cr_assert(strstr(outcome.out, "oops"), "the compiler's message is shown: %s", outcome.out);
	cr_assert(strstr(outcome.out, "1 as declared"), "the other is judged: %s", outcome.out);
	outcome_release(&outcome);
}

/* What was built of it before must not be judged in its place. */
Test(input, program_that_does_not_compile_any_more)
{
	struct outcome outcome = scratch_loose(&scratch, "verify --chapters --detector tsan");

	cr_assert_eq(outcome.status, 0, "%s%s", outcome.out, outcome.err);
	outcome_release(&outcome);
	scratch_replace(&scratch, BROKEN, "int main(void)", "int main(void) oops");
	outcome = scratch_loose(&scratch, "verify --chapters --detector tsan");
	cr_assert_eq(outcome.status, 2, "status %d", outcome.status);
	cr_assert(strstr(outcome.out, "oops"), "the compiler's message is shown: %s", outcome.out);
	outcome_release(&outcome);
}

/* Nor what was built with a test that was whole. */
Test(input, test_that_does_not_compile_any_more)
{
	struct outcome outcome = scratch_loose(&scratch, "verify --exercises --detector test");

	cr_assert_eq(outcome.status, 0, "%s%s", outcome.out, outcome.err);
	outcome_release(&outcome);
	scratch_replace(&scratch, "exercises/" PITFALL "/test.c", "#include", "oops\n#include");
	outcome = scratch_loose(&scratch, "verify --exercises --detector test");
	cr_assert_eq(outcome.status, 2, "status %d", outcome.status);
	cr_assert(strstr(outcome.out, "oops"), "the compiler's message is shown: %s", outcome.out);
	outcome_release(&outcome);
}

Test(input, output_that_cannot_be_written)
{
	expect("verify --chapters --detector tsan --json /no/such/dir/x.json", "cannot write '/no/such/dir/x.json'");
	expect("verify --chapters --detector tsan --junit /proc/x.xml", "cannot write '/proc/x.xml'");
}

Test(input, no_space_left_on_the_device)
{
	expect_status(3, "verify --chapters --detector tsan --json /dev/full",
		      "cannot write '/dev/full': No space left on device");
	expect_status(3, "verify --chapters --detector tsan --junit /dev/full",
		      "cannot write '/dev/full': No space left on device");
	expect("verify --json - --junit -", "--json and --junit cannot both write to standard output");
}

Test(input, check_of_what_is_no_program)
{
	expect("check", "no exercise is in hand yet; './loose next' opens the first one");
	expect("check -lm", "check takes [EXERCISE | FILE.c... [FLAG...]] [-- ARG...]; name a C file");
	expect("check /no/such.c", "cannot read '/no/such.c': No such file or directory");
	expect("check Makefile", "'Makefile' is not a C file; check takes FILE.c..., or the name of an exercise");
	expect("check no-such", "'no-such' is not a C file, and no pitfall is called 'no-such'");
}

Test(input, budget_that_cannot_be_read)
{
	expect("check --budget 'threads at <= 1' " BROKEN, "--budget: ");
	expect_header("* budget    fires  detached in evict_loop, joined in evict_loop when",
		      "* budget    fires  detached in evict_loop because", "'budget' needs 'when' and what must hold");
}

/* A pipe or a device would keep the harness, or the compiler, for ever. */
Test(input, check_of_what_is_no_file_ends_at_once)
{
	char command[1024], arguments[512];
	static const struct {
		const char *make, *words;
	} odd[] = {{"mkfifo", "it is a named pipe; name a file"},
		   {"ln -s /dev/zero", "it is a device; name a file"},
		   {"mkdir", "it is a directory; name a file"},
		   {"printf '/*\\n * Promise   x\\000\\n */\\nint main(void) { return 0; }\\n' >",
		    "line 2 has a NUL byte"}};

	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		snprintf(command, sizeof command, "%s '%s/odd%zu.c'", odd[i].make, scratch.root, i);
		cr_assert_eq(system(command), 0);
		snprintf(arguments, sizeof arguments, "check '%s/odd%zu.c'", scratch.root, i);
		expect(arguments, odd[i].words);
	}
}

Test(input, a_program_of_the_book_with_a_nul_byte)
{
	char command[1024];

	snprintf(command, sizeof command, "printf '\\000' >>'%s/" BROKEN "'", scratch.root);
	cr_assert_eq(system(command), 0);
	struct outcome outcome = scratch_loose(&scratch, "verify --chapters --detector tsan");
	cr_assert_eq(outcome.status, 2, "status %d", outcome.status);
	cr_assert(strstr(outcome.err, "cannot read '" BROKEN "': line "), "%s", outcome.err);
	outcome_release(&outcome);
}
