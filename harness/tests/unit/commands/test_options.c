/* The words of a command line: what is set, what is left, and each way to get it wrong. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "commands/options.h"
#include "verdict/detector.h"

struct values {
	bool fresh;
	long repeat;
	const char *bounds, *json;
	const struct detector *only;
};

static const struct option_spec options[] = {
	{"fresh", OPTION_FLAG, NULL, "", offsetof(struct values, fresh)},
	{"repeat", OPTION_NUMBER, "N", "", offsetof(struct values, repeat)},
	{"bounds", OPTION_TEXT, "BOUNDS", "", offsetof(struct values, bounds)},
	{"json", OPTION_FILE, "FILE", "", offsetof(struct values, json)},
	{"junit", OPTION_FILE, "FILE", "", offsetof(struct values, json)},
	{"detector", OPTION_DETECTOR, "D", "", offsetof(struct values, only)},
	{0},
};

static const struct command_entry takes_any = {
	.name = "judge", .arguments = "[THING...]", .options = options, .most = -1};
static const struct command_entry takes_one = {
	.name = "look", .arguments = "THING", .options = options, .least = 1, .most = 1};
static const struct command_entry takes_none = {.name = "rest", .arguments = "", .options = options};
static const struct command_entry passes_on = {.name = "start",
					       .arguments = "FILE... [-- ARGUMENT...]",
					       .options = options,
					       .least = 1,
					       .most = -1,
					       .passes = true};

static const struct command_entry compiles = {.name = "check",
					      .arguments = "FILE...",
					      .options = options,
					      .least = 1,
					      .most = -1,
					      .passes = true,
					      .compiles = true};

enum { MOST_WORDS = 24 };

/* A command line, cut at the blanks. */
struct line {
	char *text, *argv[MOST_WORDS + 1];
	int argc;
	struct values values;
	struct operands operands;
	char *error;
};

static struct line read_line(const struct command_entry *command, const char *text)
{
	struct line line = {.text = mem_copy(text)};
	char *rest = NULL;

	for (char *word = strtok_r(line.text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		line.argv[line.argc++] = word;
	line.error = options_read(command, line.argc, line.argv, &line.values, &line.operands);
	return line;
}

static void release(struct line *line)
{
	free(line->error);
	free(line->text);
}

static void expect_error(const struct command_entry *command, const char *text, const char *error)
{
	struct line line = read_line(command, text);

	cr_assert(line.error, "'%s' is taken", text);
	cr_assert_str_eq(line.error, error);
	release(&line);
}

Test(options, a_value_is_the_next_word_or_follows_an_equals_sign)
{
	static const char *const lines[] = {"judge --repeat 3 --json out --detector drd --bounds x --fresh",
					    "judge --repeat=3 --json=out --detector=drd --bounds=x --fresh"};

	for (int i = 0; i < 2; i++) {
		struct line line = read_line(&takes_any, lines[i]);
		cr_assert_null(line.error, "%s", line.error);
		cr_assert(line.values.fresh);
		cr_assert_eq(line.values.repeat, 3);
		cr_assert_str_eq(line.values.json, "out");
		cr_assert_str_eq(line.values.bounds, "x");
		cr_assert_eq(line.values.only, detector_named("drd"));
		cr_assert_eq(line.operands.count, 0);
		release(&line);
	}
}

Test(options, a_value_may_begin_with_a_dash)
{
	struct line line = read_line(&takes_any, "judge --json - --bounds --fresh");

	cr_assert_null(line.error, "%s", line.error);
	cr_assert_str_eq(line.values.json, "-");
	cr_assert_str_eq(line.values.bounds, "--fresh");
	cr_assert_not(line.values.fresh);
	release(&line);
}

Test(options, operands_keep_their_order_among_options)
{
	struct line line = read_line(&takes_any, "judge one --fresh two --json out - -- three --four");

	cr_assert_null(line.error, "%s", line.error);
	cr_assert_eq(line.operands.count, 5);
	cr_assert_str_eq(line.operands.items[0], "one");
	cr_assert_str_eq(line.operands.items[1], "two");
	cr_assert_str_eq(line.operands.items[2], "-");
	cr_assert_str_eq(line.operands.items[3], "three");
	cr_assert_str_eq(line.operands.items[4], "--four");
	cr_assert_null(line.operands.items[5]);
	cr_assert_null(line.operands.passed[0]);
	release(&line);
}

Test(options, what_follows_two_dashes_is_passed_on)
{
	struct line line = read_line(&passes_on, "start a.c --fresh b.c -- --json -x -- y");

	cr_assert_null(line.error, "%s", line.error);
	cr_assert(line.values.fresh);
	cr_assert_null(line.values.json);
	cr_assert_eq(line.operands.count, 2);
	cr_assert_str_eq(line.operands.items[1], "b.c");
	cr_assert_null(line.operands.items[2]);
	cr_assert_str_eq(line.operands.passed[0], "--json");
	cr_assert_str_eq(line.operands.passed[3], "y");
	cr_assert_null(line.operands.passed[4]);
	release(&line);
}

Test(options, nothing_to_pass_on)
{
	static const char *const lines[] = {"start a.c", "start a.c --"};

	for (int i = 0; i < 2; i++) {
		struct line line = read_line(&passes_on, lines[i]);
		cr_assert_null(line.error, "%s", line.error);
		cr_assert_eq(line.operands.count, 1);
		cr_assert_null(line.operands.items[1]);
		cr_assert_null(line.operands.passed[0]);
		release(&line);
	}
	expect_error(&passes_on, "start -- a.c",
		     "start takes FILE... [-- ARGUMENT...]; './loose start --help' tells more");
}

Test(options, a_name_may_be_cut_short_where_one_begins_so)
{
	struct line line = read_line(&takes_any, "judge --fr --rep 2");

	cr_assert_null(line.error, "%s", line.error);
	cr_assert(line.values.fresh);
	cr_assert_eq(line.values.repeat, 2);
	release(&line);
	expect_error(&takes_any, "judge --j out", "'--j' may be --json or --junit; write it out");
}

Test(options, an_unknown_one_is_named_as_it_was_typed)
{
	expect_error(&takes_any, "judge --quickly", "unknown option '--quickly'; './loose judge --help' lists them");
	expect_error(&takes_any, "judge one --quickly=very two",
		     "unknown option '--quickly=very'; './loose judge --help' lists them");
	expect_error(&takes_any, "judge one -qx two", "unknown option '-qx'; './loose judge --help' lists them");
}

Test(options, the_nearest_one_is_offered)
{
	expect_error(&takes_any, "judge --detektor drd", "unknown option '--detektor'; did you mean '--detector'?");
	expect_error(&takes_any, "judge -json", "unknown option '-json'; did you mean '--json'?");
	expect_error(&takes_any, "judge --jsno=x", "unknown option '--jsno=x'; did you mean '--json'?");
}

Test(options, values_that_are_missing_or_too_much)
{
	expect_error(&takes_any, "judge one --json", "'--json' needs a value");
	expect_error(&takes_any, "judge --json=", "--json takes a FILE, not an empty word");
	expect_error(&takes_any, "judge --fresh=yes", "'--fresh' takes no value; leave out '=yes'");
	expect_error(&takes_any, "judge --fre=yes", "'--fresh' takes no value; leave out '=yes'");
}

Test(options, numbers)
{
	static const char *const bad[] = {"0", "-1", "many", "3x", "1000001", "99999999999999999999"};
	char text[64], error[128];

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(text, sizeof text, "judge --repeat %s", bad[i]);
		snprintf(error, sizeof error, "--repeat takes a whole number from 1 to 1000000, not '%s'", bad[i]);
		expect_error(&takes_any, text, error);
	}
	expect_error(&takes_any, "judge --repeat=", "--repeat takes a whole number from 1 to 1000000, not ''");
}

Test(options, words_for_the_compiler_keep_their_place)
{
	static const char *const expected[] = {"-Iinclude", "a.c",	"-I",  "src",	   "-D",      "X=--json",
					       "-pthread",  "-fopenmp", "-lm", "-include", "--fresh", "b.c"};
	struct line line =
		read_line(&compiles, "check -Iinclude a.c -I src -D X=--json --json out -pthread -fopenmp -lm "
				     "-include --fresh b.c -- -O2");

	cr_assert_null(line.error, "%s", line.error);
	cr_assert_str_eq(line.values.json, "out");
	cr_assert_not(line.values.fresh);
	cr_assert_eq(line.operands.count, 12);
	for (int i = 0; i < line.operands.count; i++)
		cr_assert_str_eq(line.operands.items[i], expected[i]);
	cr_assert_str_eq(line.operands.passed[0], "-O2");
	release(&line);
	expect_error(&compiles, "check a.c -I", "'-I' needs a value");
	expect_error(&compiles, "check a.c -json=x", "unknown option '-json=x'; did you mean '--json'?");
	expect_error(&compiles, "check a.c --jsno=x", "unknown option '--jsno=x'; did you mean '--json'?");
}

Test(options, detectors)
{
	expect_error(&takes_any, "judge --detector lint",
		     "no detector is called 'lint'; use test, tsan, helgrind, drd, memcheck, budget or sixth");
}

Test(options, operands_that_are_missing_or_too_many)
{
	expect_error(&takes_one, "look", "look takes THING; './loose look --help' tells more");
	expect_error(&takes_one, "look one --fresh two",
		     "look takes THING, so 'two' is one too many; './loose look --help' tells more");
	expect_error(&takes_one, "look one -- two",
		     "look takes THING, so 'two' is one too many; './loose look --help' tells more");
	expect_error(&takes_none, "rest now",
		     "rest takes no operand, so 'now' is one too many; './loose rest --help' tells more");
}

/* What the tables of the real commands must hold for the parser, the pages and the completion. */
Test(options, the_tables_are_whole)
{
	for (size_t i = 0; commands[i]; i++) {
		const struct command_entry *command = commands[i];
		cr_assert(command->run && command->about && command->summary, "%s", command->name);
		cr_assert((command->operands[0] == OPERAND_NONE) == (command->most == 0), "%s", command->name);
		cr_assert((*command->arguments == '\0') == (command->most == 0), "%s", command->name);
		for (const struct option_spec *option = command->options; option->name; option++) {
			cr_assert_eq(option->argument == NULL, option->kind == OPTION_FLAG, "%s --%s", command->name,
				     option->name);
			cr_assert(option->help && *option->help, "%s --%s", command->name, option->name);
		}
	}
}
