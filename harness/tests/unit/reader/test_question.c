/* The one question beside the cells, made of declarations. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "../scratch_root.h"
#include "reader/question.h"
#include "verdict/detector.h"

/* A catalogue of two pitfalls, as one reads it from a tree. */
static struct catalogue catalogue;

static void make(void)
{
	root_make();
	root_run("mkdir -p chapters/02-x/one chapters/02-x/two");
}

static void unmake(void)
{
	catalogue_release(&catalogue);
	root_remove();
}

TestSuite(question, .init = make, .fini = unmake, .timeout = 60);

static void write_program(const char *pitfall, const char *tsan, const char *budget)
{
	char *path = mem_format("chapters/%s/broken.c", pitfall);
	char *text =
		mem_format("/*\n * P.\n *\n * Promise   p.\n * Ends      broken: 1\n * tsan      %s\n"
			   " * helgrind  blind  why\n * drd       blind  why\n * memcheck  blind  why\n"
			   " * budget    %s\n */\n"
			   "static void *work(void *arg)\n{\n\treturn arg;\n}\n\nstatic int helper(int x);\n\n"
			   "static int helper(int x)\n{\n\tif (x)\n\t{\n\t}\n\treturn x;\n}\n\nint main(void)\n{\n}\n",
			   tsan, budget);

	root_write(path, text);
	free(text);
	free(path);
}

static bool make_question(struct question *question)
{
	catalogue_load(&catalogue, root);
	const struct program *broken = catalogue_program(&catalogue, "02-x/one", "broken");
	cr_assert(broken && broken->declared);
	return question_make(question, &catalogue, broken);
}

static void expect_options(const struct question *question, const char *options)
{
	char all[512] = "";

	for (size_t i = 0; i < question->count; i++)
		snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s ", question->options[i],
			 i == question->right ? "!" : "");
	cr_assert_str_eq(all, options, "%s", all);
}

/* Its own bounds that hold are offered first, then what others report; nothing that it declares is a wrong answer. */
Test(question, of_the_budget_is_which_figure)
{
	struct question question;

	write_program(
		"02-x/one", "blind  why",
		"fires  threads in work, unjoined in work when threads <= 2, unjoined <= 1, memory <= start + 1 MiB");
	write_program("02-x/two", "blind  why",
		      "fires  descriptors in work, unjoined in work when descriptors <= 3, unjoined <= 1");
	cr_assert(make_question(&question));
	cr_assert_str_eq(question.text, "Only one of them fires: budget. Which figure breaks its bound?");
	expect_options(&question, "descriptors memory threads! ");
	question_release(&question);
}

Test(question, of_another_detector_is_in_which_function)
{
	struct question question;

	write_program("02-x/one", "fires  data-race in work", "blind  when threads <= 2 because why");
	write_program("02-x/two", "blind  why", "fires  threads in work when threads <= 3");
	cr_assert(make_question(&question));
	cr_assert_str_eq(question.text, "Only one of them fires: tsan, with data-race. In which function?");
	expect_options(&question, "helper main work! ");
	question_release(&question);
}

/* Every bound that the reader knows of is broken: that says which figure. */
Test(question, of_the_budget_is_in_which_function_where_no_bound_holds)
{
	struct question question;

	write_program("02-x/one", "blind  why",
		      "fires  threads in helper, unjoined in work when threads <= 2, unjoined <= 1");
	write_program("02-x/two", "blind  why", "fires  descriptors in work when descriptors <= 3");
	cr_assert(make_question(&question));
	cr_assert_str_eq(question.text, "Only one of them fires: budget, with threads. In which function?");
	expect_options(&question, "helper! main ");
	question_release(&question);
}

Test(question, is_not_asked_where_several_see_it)
{
	struct question question;

	write_program("02-x/one", "fires  data-race in work", "fires  threads in work when threads <= 3");
	write_program("02-x/two", "blind  why", "fires  threads in work when threads <= 3");
	cr_assert_not(make_question(&question));
}

/* All that there is was declared. */
Test(question, is_not_asked_where_there_is_nothing_to_choose)
{
	struct question question;

	write_program("02-x/one", "blind  why",
		      "fires  threads in work, threads in helper, threads in main when threads <= 3");
	write_program("02-x/two", "blind  why", "fires  threads in work when threads <= 3");
	cr_assert_not(make_question(&question));
}

/* Of the book itself: where one alone fires there is a question, and not a mere yes or no. */
Test(question, is_there_for_every_pitfall_that_one_detector_sees)
{
	char here[PATH_MAX];
	size_t asked = 0;

	cr_assert(getcwd(here, sizeof here));
	catalogue_load(&catalogue, here);
	for (size_t i = 0; i < catalogue.count; i++) {
		const struct program *program = &catalogue.programs[i];
		size_t firing = 0;
		struct question question;
		for (size_t j = 0; j < program->declaration.count; j++)
			firing += program->declaration.items[j].word == WORD_FIRES;
		if (program->role != ROLE_BROKEN)
			continue;
		bool made = question_make(&question, &catalogue, program);
		cr_expect_eq(made, firing == 1, "%s", program->path);
		cr_expect(!made || question.count > 2, "%s", program->path);
		asked += made;
		if (made)
			question_release(&question);
	}
	cr_assert_gt(asked, 10);
}
