/* Options of tests and suites, with the ends that they are about. */
#define _GNU_SOURCE /* err() */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EACH_END(suite, name, ...)                                                                                     \
	Test(suite, name##_returns, __VA_ARGS__)                                                                       \
	{                                                                                                              \
	}                                                                                                              \
	Test(suite, name##_fails, __VA_ARGS__)                                                                         \
	{                                                                                                              \
		cr_assert(0);                                                                                          \
	}                                                                                                              \
	Test(suite, name##_ends_by_it, __VA_ARGS__)                                                                    \
	{                                                                                                              \
		raise(SIGTERM);                                                                                        \
	}                                                                                                              \
	Test(suite, name##_ends_by_another, __VA_ARGS__)                                                               \
	{                                                                                                              \
		raise(SIGUSR1);                                                                                        \
	}                                                                                                              \
	Test(suite, name##_fails_and_ends_by_it, __VA_ARGS__)                                                          \
	{                                                                                                              \
		cr_expect(0);                                                                                          \
		raise(SIGTERM);                                                                                        \
	}                                                                                                              \
	Test(suite, name##_exits_with_3, __VA_ARGS__)                                                                  \
	{                                                                                                              \
		errx(3, "from a library");                                                                             \
	}                                                                                                              \
	Test(suite, name##_exits_with_4, __VA_ARGS__)                                                                  \
	{                                                                                                              \
		errx(4, "from a library");                                                                             \
	}                                                                                                              \
	Test(suite, name##_calls_exit_with_3, __VA_ARGS__)                                                             \
	{                                                                                                              \
		exit(3);                                                                                               \
	}                                                                                                              \
	Test(suite, name##_is_skipped, __VA_ARGS__)                                                                    \
	{                                                                                                              \
		cr_skip_test("never mind");                                                                            \
	}

EACH_END(options, plain, .timeout = 600)
EACH_END(options, signal, .signal = SIGTERM)
EACH_END(options, exit_code, .exit_code = 3)
EACH_END(options, both, .signal = SIGTERM, .exit_code = 3)
EACH_END(options, disabled, .disabled = true)
EACH_END(options, described, .description = "with a few words")
EACH_END(options, described_as_a_crash, .description = "unexpected signal after words")
EACH_END(options, described_as_slow, .description = "timed out")

/* --- the order of init and fini, and what they hand on --- */

static char order[64];

static void suite_init(void)
{
	strcat(order, "suite ");
}

static void test_init(void)
{
	strcat(order, "test ");
}

static void test_fini(void)
{
	printf("%s", order);
	strcat(order, "test ");
	cr_expect(0, "%s", order);
}

static void suite_fini(void)
{
	strcat(order, "suite ");
	cr_expect(0, "%s", order);
}

TestSuite(has_both, .init = suite_init, .fini = suite_fini, .timeout = 600);

Test(has_both, passes, .init = test_init, .fini = test_fini)
{
	cr_assert_str_eq(order, "suite test ");
}

Test(has_both, fails, .init = test_init, .fini = test_fini)
{
	cr_assert_str_eq(order, "");
}

Test(has_both, has_no_own)
{
	cr_assert_str_eq(order, "suite ");
}

/* --- suites --- */

TestSuite(zz_disabled, .disabled = true);
TestSuite(aa_without_tests, .init = suite_init);
TestSuite(Zz_has_options, .signal = SIGTERM, .description = "that count for no test");

Test(zz_disabled, is_not_run)
{
	cr_assert(0);
}

Test(zz_disabled, has_a_description, .description = "and is not run")
{
	cr_assert(0);
}

Test(Zz_has_options, returns)
{
}

Test(Zz_has_options, Second)
{
}

Test(Zz_has_options, _first)
{
}

Test(Zz_has_options, a10)
{
	cr_assert_str_eq(criterion_current_test->name, "a10");
	cr_assert_str_eq(criterion_current_suite->name, "Zz_has_options");
}

Test(Zz_has_options, a9)
{
}

/* --- parameters --- */

struct pair {
	int number;
	char word[16];
};

ParameterizedTestParameters(parameters, takes)
{
	static struct pair pairs[] = {{1, "one"}, {2, "two"}, {3, "crash"}};

	return cr_make_param_array(struct pair, pairs, 3);
}

ParameterizedTest(struct pair *pair, parameters, takes, .description = "a pair")
{
	if (strcmp(pair->word, "crash") == 0)
		raise(SIGSEGV);
	cr_assert_eq(pair->number, 1, "%d %s", pair->number, pair->word);
}

static void release(struct criterion_test_params *all)
{
	cr_free(all->params);
}

ParameterizedTestParameters(parameters, takes_allocated)
{
	int *numbers = cr_malloc(2 * sizeof *numbers);

	numbers[0] = 4;
	numbers[1] = 5;
	return cr_make_param_array(int, numbers, 2, release);
}

ParameterizedTest(int *number, parameters, takes_allocated)
{
	cr_assert_eq(*number, 5);
}
