#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "verdict/declaration.h"
#include "verdict/detector.h"

static const char whole[] = "/*\n"
			    " * An essay that names tsan and drd\n"
			    " * and says nothing of the oracle.\n"
			    " *\n"
			    " * Promise   when x returns, no thread\n"
			    " *           touches it.\n"
			    " * Ends      broken: accepted 3, persisted: 0\n"
			    " * tsan      fires  data-race in add, thread-leak in main\n"
			    " * helgrind  false-alarm Race in load because atomics are memory\n"
			    " *           to it\n"
			    " * drd       blind  it keeps no order,\n"
			    " *                  and no graph\n"
			    " * memcheck  silent\n"
			    " * test      fails  zeta, alpha\n"
			    " *\n"
			    " * Nothing here counts: tsan fires never in any\n"
			    " */\n"
			    "int main(void);\n";

Test(declaration, whole_header)
{
	struct declaration d;
	char *error;

	cr_assert_eq(declaration_parse("x.c", whole, &d, &error), DECLARED);
	cr_assert_str_eq(d.promise, "when x returns, no thread touches it.");
	cr_assert(d.ends && !d.holds);
	cr_assert_str_eq(d.last_line, "accepted 3, persisted: 0");
	cr_assert_eq(d.count, 5);
	const struct expectation *tsan = declaration_of(&d, detector_named("tsan"));
	cr_assert_eq(tsan->word, WORD_FIRES);
	cr_assert_eq(tsan->place_count, 2);
	cr_assert_str_eq(tsan->places[1].kind, "thread-leak");
	cr_assert_str_eq(tsan->places[1].function, "main");
	const struct expectation *helgrind = declaration_of(&d, detector_named("helgrind"));
	cr_assert_eq(helgrind->word, WORD_FALSE_ALARM);
	cr_assert_str_eq(helgrind->places[0].function, "load");
	cr_assert_str_eq(helgrind->why, "atomics are memory to it");
	cr_assert_str_eq(declaration_of(&d, detector_named("drd"))->why, "it keeps no order, and no graph");
	cr_assert_eq(declaration_of(&d, detector_named("memcheck"))->word, WORD_SILENT);
	cr_assert_str_eq(declaration_of(&d, detector_named("test"))->tests, "alpha, zeta");
	declaration_release(&d);
}

Test(declaration, a_file_that_declares_nothing)
{
	static const char *const texts[] = {
		"", "int main(void);\n", "/* a comment */\n", "/*\n * tsan is a detector\n */\n", "// Promise\n", "/*"};
	struct declaration d;
	char *error;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		cr_assert_eq(declaration_parse("x.c", texts[i], &d, &error), DECLARED_NOTHING, "%s", texts[i]);
}

/* Somebody's own words, in a program of theirs. */
Test(declaration, prose_that_begins_with_the_word)
{
	static const char *const texts[] = {
		"/*\n * Promise objects are made by new().\n * Author   somebody\n *\n * budget silent: not a word of it\n */\n",
		"/*\n * Tempting as it is\n * to wait,\n * test it: tsan is a tool\n */\n",
		"/*\n * Promise   it works.\n * Ends      well\n */\n",
		"/*\n * Promise   it works.\n */\nint tsan, silent;\n",
	};
	struct declaration d;
	char *error;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		cr_assert_eq(declaration_parse("x.c", texts[i], &d, &error), DECLARED_NOTHING, "%s", texts[i]);
}

Test(declaration, prose_before_the_block)
{
	struct declaration d;
	char *error;

	cr_assert_eq(
		declaration_parse("x.c",
				  "/*\n * Promise a lot, and\n * keep it.\n *\n * Promise   x.\n * tsan  silent\n */\n",
				  &d, &error),
		DECLARED);
	cr_assert_str_eq(d.promise, "x.");
	cr_assert_eq(d.count, 1);
	declaration_release(&d);
}

static void expect_error(const char *line, const char *words)
{
	char text[512];
	struct declaration d;
	char *error;

	snprintf(text, sizeof text, "/*\n * Promise   x.\n * %s\n * memcheck  silent\n */\n", line);
	cr_assert_eq(declaration_parse("dir/x.c", text, &d, &error), DECLARED_BADLY, "%s", line);
	cr_assert_eq(strncmp(error, "dir/x.c:3: ", 11), 0, "%s", error);
	cr_assert(strstr(error, words), "%s", error);
	cr_assert_not(strchr(error, '\n'));
	cr_assert_eq(d.count, 0);
	free(error);
}

Test(declaration, each_mistake_has_its_line_and_fix)
{
	expect_error("tsan shouts", "'tsan shouts' is unknown; use fires");
	expect_error("tsan passes", "'tsan passes' is unknown");
	expect_error("test silent", "use passes or fails");
	expect_error("lint fires x in y", "unknown word 'lint'");
	expect_error("tsan fires bad-luck in f", "tsan has no kind 'bad-luck'");
	expect_error("tsan fires data-race", "is not 'KIND in FUNCTION'");
	expect_error("tsan fires", "is not 'KIND in FUNCTION'");
	expect_error("tsan fires data-race in f,", "is not 'KIND in FUNCTION'");
	expect_error("tsan fires data-race in f g", "not the name of a function");
	expect_error("drd blind", "needs a line that says why");
	expect_error("drd false-alarm MutexErr in f", "needs 'because'");
	expect_error("drd silent always", "nothing may follow 'silent'");
	expect_error("test fails", "needs the names");
	expect_error("Ends somehow: x", "'holds: ' or 'broken: '");
	expect_error("Ends holds:", "'Ends' is empty");
	expect_error("Promise twice", "'Promise' stands twice");
	expect_error("Frobnicate x", "unknown word 'Frobnicate'");
}

Test(declaration, a_detector_declared_twice)
{
	struct declaration d;
	char *error;

	cr_assert_eq(declaration_parse("x.c", "/*\n * Promise x.\n * tsan silent\n * tsan blind y\n */", &d, &error),
		     DECLARED_BADLY);
	cr_assert_str_eq(error, "x.c:4: 'tsan' is declared twice; keep one line");
	free(error);
}

/* Whatever it is cut to, it is read or refused, never a crash. */
Test(declaration, cut_short_at_every_byte)
{
	for (size_t length = 0; length < sizeof whole; length++) {
		char *text = strndup(whole, length), *error;
		struct declaration d;
		if (declaration_parse("x.c", text, &d, &error) == DECLARED_BADLY)
			free(error);
		declaration_release(&d);
		free(text);
	}
}

/* What an editor puts before the first comment hides nothing, and counts for the line that is named. */
Test(declaration, after_a_byte_order_mark_or_empty_lines)
{
	static const char *const before[] = {"\xef\xbb\xbf", "\n\n", "\r\n\t", "\xef\xbb\xbf\n"};
	struct declaration d;
	char *error, *text;

	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		text = mem_format("%s%s", before[i], whole);
		cr_assert_eq(declaration_parse("x.c", text, &d, &error), DECLARED);
		cr_assert_eq(d.count, 5);
		declaration_release(&d);
		free(text);
	}
	cr_assert_eq(
		declaration_parse("x.c", "\n\n/*\n * Promise   x\n * lint fires\n * drd silent\n */\n", &d, &error),
		DECLARED_BADLY);
	cr_assert_eq(strncmp(error, "x.c:5: ", 7), 0, "%s", error);
	free(error);
}

Test(declaration, with_the_line_ends_of_another_system)
{
	char text[2 * sizeof whole], *at = text, *error;
	struct declaration d;

	for (const char *from = whole; *from; from++) {
		if (*from == '\n')
			*at++ = '\r';
		*at++ = *from;
	}
	*at = '\0';
	cr_assert_eq(declaration_parse("x.c", text, &d, &error), DECLARED);
	cr_assert_str_eq(d.last_line, "accepted 3, persisted: 0");
	cr_assert_eq(d.count, 5);
	declaration_release(&d);
}

/* A look at the rest for every line, or a copy of all for every continuation, would take minutes. */
Test(declaration, a_long_comment_takes_no_time, .timeout = 60)
{
	struct declaration d;
	struct text long_one, long_entry;
	char *error;
	FILE *out = text_open(&long_one);

	fputs("/*\n", out);
	for (int i = 0; i < 2000000; i++)
		fputs("a\n", out);
	fputs("*/\n", out);
	char *text = text_close(&long_one);
	cr_assert_eq(declaration_parse("x.c", text, &d, &error), DECLARED_NOTHING);
	free(text);
	out = text_open(&long_entry);
	fputs("/*\n", out);
	for (int i = 0; i < 200000; i++)
		fputs(" * Promise everything.\n", out);
	fputs(" *\n * Promise   nothing.\n", out);
	for (int i = 0; i < 400000; i++)
		fputs(" *           x\n", out);
	fputs(" * drd  silent\n */\n", out);
	text = text_close(&long_entry);
	cr_assert_eq(declaration_parse("x.c", text, &d, &error), DECLARED);
	cr_assert_eq(strlen(d.promise), strlen("nothing.") + 800000);
	declaration_release(&d);
	free(text);
}
