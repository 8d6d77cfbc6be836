/* What a person has predicted: what is as predict writes it counts, and nothing else. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "grading/predicted.h"

#define PITFALL "02-o/cache"

static struct declaration broken;

static void declare(void)
{
	char *error;

	cr_assert_eq(
		declaration_parse(
			"broken.c",
			"/*\n * A cache.\n *\n * Promise   it is there.\n"
			" * tsan      fires  data-race in f\n * helgrind  blind  one\n * drd       blind  two\n"
			" * memcheck  fires  InvalidRead in f\n * budget    blind  when threads at exit <= 1 because three\n */\n",
			&broken, &error),
		DECLARED);
}

static void release(void)
{
	declaration_release(&broken);
}

TestSuite(predicted, .init = declare, .fini = release);

static void expect(const char *text, long right, long of)
{
	struct predicted predicted = predicted_read(text, PITFALL, &broken);

	cr_expect_eq(predicted.right, right, "%s: %ld", text, predicted.right);
	cr_expect_eq(predicted.of, of, "%s: %ld", text, predicted.of);
}

#define HEAD "loose-threads/prediction/1 " PITFALL "\nfires"

Test(predicted, is_held_against_the_declaration)
{
	expect(HEAD " tsan memcheck\n", 5, 5);
	expect(HEAD " tsan\n", 4, 5);
	expect(HEAD "\n", 3, 5);
	expect(HEAD " helgrind drd budget\n", 0, 5);
}

Test(predicted, counts_in_its_own_form_alone)
{
	expect("", 0, 0);
	expect("fires tsan memcheck\n", 0, 0);
	expect("loose-threads/prediction/1 02-o/other\nfires tsan memcheck\n", 0, 0);
	expect(HEAD "works tsan\n", 0, 0);
	expect(HEAD " tsan nobody\n", 0, 0);
	expect(HEAD " tsan memcheck tsan\n", 0, 0);
	expect(HEAD " all\n", 0, 0);
}

Test(predicted, is_read_as_it_is_written)
{
	const char *fires[] = {"tsan", "memcheck", NULL}, *none[] = {NULL};
	struct text text;

	predicted_write(text_open(&text), PITFALL, fires);
	char *written = text_close(&text);
	expect(written, 5, 5);
	free(written);
	predicted_write(text_open(&text), PITFALL, none);
	written = text_close(&text);
	expect(written, 3, 5);
	free(written);
}
