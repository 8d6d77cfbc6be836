/* What is hidden, until when, and which passage explains a wrong guess. */
#include "../scratch_root.h"
#include "reader/answers.h"
#include "workbook/catalogue.h"

#define PITFALL "02-ownership/implicit-contract"

TestSuite(answers, .init = root_make, .fini = root_remove, .timeout = 60);

static void expect_text(char *text, const char *expected)
{
	cr_assert(text, "there is nothing");
	cr_assert_str_eq(text, expected, "%s", text);
	free(text);
}

Test(answers, are_hidden_until_the_prediction)
{
	const struct prediction prediction = {0};
	struct reader reader;

	reader_open(&reader, root);
	cr_assert(answers_hidden(&reader, PITFALL, false));
	cr_assert_not(answers_hidden(&reader, PITFALL, true));
	reader_note_attempt(&reader, PITFALL, true);
	cr_assert(answers_hidden(&reader, PITFALL, false));
	reader_note_prediction(&reader, PITFALL, &prediction);
	cr_assert_not(answers_hidden(&reader, PITFALL, false));
	cr_assert(answers_hidden(&reader, "02-ownership/another", false));
	reader_close(&reader);
	expect_text(answers_how(PITFALL), "the answers are hidden until you have said what you expect: ./loose predict "
					  "implicit-contract; --answers shows them now");
}

Test(answers, a_source_is_shown_without_its_declaration)
{
	expect_text(
		answers_hide("/*\n * What it is.\n *\n * Promise  p.\n * Ends     broken: 1\n * tsan     silent\n */\n"
			     "int x;\n"),
		"/*\n * What it is.\n */\nint x;\n");
	expect_text(answers_hide(
			    "/*\n * A fix.\n *\n * Tempting  why.\n * Refused   because.\n * test      fails a\n */\n"),
		    "/*\n * A fix.\n */\n");
	expect_text(answers_hide("/*\n * Promise objects are made by\n * somebody.\n */\nint x;\n"),
		    "/*\n * Promise objects are made by\n * somebody.\n */\nint x;\n");
	expect_text(answers_hide("int x; /* Promise  p. */\n"), "int x; /* Promise  p. */\n");
}

Test(answers, a_text_ends_before_what_the_detectors_say)
{
	expect_text(answers_hide_text("# Title\n\n## Predict\n\n```\n## What the detectors say\n```\n\n"
				      "## What the detectors say\n\nAll.\n\n## The fix\n\nThis.\n"),
		    "# Title\n\n## Predict\n\n```\n## What the detectors say\n```\n\n");
	expect_text(answers_hide_text("# Title\n"), "# Title\n");
}

Test(answers, sections_are_found_by_their_headings)
{
	static const char text[] = "# Title\n\n## Hint 1\n\nOne.\n\nMore.\n\n## Hint 2\n\nTwo.\n\n## Hint 22\n";

	expect_text(answers_section(text, "Hint 1"), "One.\n\nMore.");
	expect_text(answers_section(text, "Hint 2"), "Two.");
	cr_assert_null(answers_section(text, "Hint 3"));
	cr_assert_null(answers_section(text, "Hint"));
	cr_assert_eq(answers_hints(text), 2);
	cr_assert_eq(answers_hints("# No\n"), 0);
}

Test(answers, hints_that_were_not_taken_are_left_out)
{
	static const char text[] = "# T\n\n## Hint 1\n\nOne.\n\n## Hint 2\n\nTwo.\n\n## When it passes\n\nRead.\n";

	expect_text(answers_hide_hints(text, 0), "# T\n\n## When it passes\n\nRead.\n");
	expect_text(answers_hide_hints(text, 1), "# T\n\n## Hint 1\n\nOne.\n\n## When it passes\n\nRead.\n");
	expect_text(answers_hide_hints(text, 2), text);
	expect_text(answers_hide_hints("## Hint 1\n\nOne.", 0), "");
}

static char *passage(const char *section, const char *detector)
{
	char *text = mem_format("# T\n\n## What the detectors say\n\n%s\n\n## The fix\n\n**DRD** is fixed.\n", section);
	char *found = answers_passage(text, detector_named(detector));

	free(text);
	return found;
}

Test(answers, a_passage_is_the_paragraph_about_the_detector)
{
	static const char section[] =
		"All five fire; Helgrind and DRD agree.\n\n"
		"**ThreadSanitizer** counts `free()`.\nIt is early.\n\n"
		"<!-- says broken tsan -->\n```text\nDRD memcheck\n\n**budget**\n```\n<!-- end -->\n\n"
		"**Helgrind** and **DRD** say the same.\n\n"
		"**The leak budget** counts.\n\nmemcheck is silent.";

	expect_text(passage(section, "tsan"), "**ThreadSanitizer** counts `free()`.\nIt is early.");
	expect_text(passage(section, "helgrind"), "**Helgrind** and **DRD** say the same.");
	expect_text(passage(section, "drd"), "**Helgrind** and **DRD** say the same.");
	expect_text(passage(section, "budget"), "**The leak budget** counts.");
	expect_text(passage(section, "memcheck"), "memcheck is silent.");
	expect_text(passage("```text\nx\n```\n\nNobody speaks.\n\nMore.", "drd"), "Nobody speaks.");
	expect_text(
		passage("**DRD** says:\n\n<!-- says -->\n```text\na\n\nb\n```\n<!-- end -->\n\nRead it so.\n\nMore.",
			"drd"),
		"**DRD** says:\n\n<!-- says -->\n```text\na\n\nb\n```\n<!-- end -->\n\nRead it so.");
	cr_assert_null(passage("<!-- end -->", "drd"));
}

/* Whatever somebody guesses wrongly, the book has a word on it. */
Test(answers, every_text_of_the_book_has_a_passage_for_each_detector)
{
	char here[PATH_MAX];
	struct catalogue catalogue;
	size_t looked = 0;

	cr_assert(getcwd(here, sizeof here));
	catalogue_load(&catalogue, here);
	for (size_t i = 0; i < catalogue.pitfall_count; i++) {
		if (pitfall_is_alone(here, catalogue.pitfalls[i]))
			continue;
		char *path = mem_format("chapters/%s/README.md", catalogue.pitfalls[i]), *text = file_read(path);
		cr_assert(text, "%s", path);
		for (size_t j = 0; detectors[j]; j++) {
			if (detectors[j]->optional)
				continue;
			char *found = answers_passage(text, detectors[j]);
			cr_expect(found && *found, "%s says nothing of %s", path, detectors[j]->name);
			looked++;
			free(found);
		}
		free(text);
		free(path);
	}
	cr_assert_gt(looked, 100);
	catalogue_release(&catalogue);
}
