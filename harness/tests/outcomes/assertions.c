/* Every assertion that Criterion has in C, holding and failing, with its own message and with the test's. */
#include <criterion/criterion.h>
#include <wchar.h>

static int *const nothing = NULL, one = 1;
static const char *const empty = "", *const word = "word", *const no_text = NULL;
static const wchar_t *const wide_empty = L"", *const wide = L"wide";
static const int numbers[] = {1, 2, 3}, others[] = {1, 2, 4};

static int compare(const int *left, const int *right)
{
	return *left - *right;
}

/* Four tests of one assertion: it holds, it fails, it fails with a message, and the test goes on after it. */
#define BOTH(name, holds, fails, ...)                                                                                  \
	Test(assertions, name##_holds)                                                                                 \
	{                                                                                                              \
		cr_assert##name holds;                                                                                 \
		cr_expect##name holds;                                                                                 \
	}                                                                                                              \
	Test(assertions, name##_fails)                                                                                 \
	{                                                                                                              \
		cr_assert(one);                                                                                        \
		cr_assert##name fails;                                                                                 \
		cr_assert_fail("not reached");                                                                         \
	}                                                                                                              \
	Test(assertions, name##_says)                                                                                  \
	{                                                                                                              \
		cr_assert##name(__VA_ARGS__, "%s is %d", "number", 7);                                                 \
	}                                                                                                              \
	Test(assertions, name##_goes_on)                                                                               \
	{                                                                                                              \
		cr_expect##name fails;                                                                                 \
		cr_expect(one);                                                                                        \
		cr_expect##name(__VA_ARGS__, "and then");                                                              \
	}

BOTH(, (one == 1), (one == 2), one == 2)
BOTH(_not, (one == 2), (one == 1), one == 1)
BOTH(_eq, (one, 1), (one, 2), one, 2)
BOTH(_neq, (one, 2), (one, 1), one, 1)
BOTH(_lt, (one, 2), (one, 1), one, 1)
BOTH(_leq, (one, 1), (one, 0), one, 0)
BOTH(_gt, (one, 0), (one, 1), one, 1)
BOTH(_geq, (one, 1), (one, 2), one, 2)
BOTH(_null, (nothing), (word), word)
BOTH(_not_null, (word), (nothing), nothing)
BOTH(_float_eq, (0.5, 0.5, 0.1), (0.5, 1.5, 0.1), 0.5, 1.5, 0.1)
BOTH(_float_neq, (0.5, 1.5, 0.1), (0.5, 0.5, 0.1), 0.5, 0.5, 0.1)
BOTH(_str_empty, (empty), (word), word)
BOTH(_str_not_empty, (word), (empty), empty)
BOTH(_str_eq, (word, "word"), (word, "other"), word, "other")
BOTH(_str_neq, (word, "other"), (word, "word"), word, "word")
BOTH(_str_lt, (word, "x"), (word, "a"), word, "a")
BOTH(_str_leq, (word, "x"), (word, "a"), word, "a")
BOTH(_str_gt, (word, "a"), (word, "x"), word, "x")
BOTH(_str_geq, (word, "a"), (word, "x"), word, "x")
BOTH(_wcs_empty, (wide_empty), (wide), wide)
BOTH(_wcs_not_empty, (wide), (wide_empty), wide_empty)
BOTH(_wcs_eq, (wide, L"wide"), (wide, L"other"), wide, L"other")
BOTH(_wcs_neq, (wide, L"other"), (wide, L"wide"), wide, L"wide")
BOTH(_wcs_lt, (wide, L"x"), (wide, L"a"), wide, L"a")
BOTH(_wcs_leq, (wide, L"x"), (wide, L"a"), wide, L"a")
BOTH(_wcs_gt, (wide, L"a"), (wide, L"x"), wide, L"x")
BOTH(_wcs_geq, (wide, L"a"), (wide, L"x"), wide, L"x")
BOTH(_arr_eq, (numbers, numbers, sizeof numbers), (numbers, others, sizeof numbers), numbers, others, sizeof numbers)
BOTH(_arr_neq, (numbers, others, sizeof numbers), (numbers, numbers, sizeof numbers), numbers, numbers, sizeof numbers)

Test(assertions, arrays_by_a_function)
{
	cr_expect_arr_eq_cmp(numbers, others, 3, compare);
	cr_expect_arr_neq_cmp(numbers, numbers, 3, compare, "the %s", "same");
	cr_expect_arr_lt_cmp(others, numbers, 3, compare);
	cr_expect_arr_leq_cmp(numbers, others, 3, compare);
	cr_expect_arr_gt_cmp(others, numbers, 3, compare);
	cr_expect_arr_geq_cmp(numbers, others, 3, compare);
}

Test(assertions, of_no_text)
{
	cr_expect_str_empty(no_text);
	cr_expect_str_eq(word, no_text, "there is none");
}

Test(assertions, fails_always)
{
	cr_expect_fail("as it %s", "must");
	cr_expect_fail();
	cr_assert_fail();
}

Test(assertions, is_skipped)
{
	cr_skip_test();
}

Test(assertions, is_skipped_because)
{
	cr_skip_test("not on a %s", "Monday");
}

Test(assertions, fails_and_is_skipped)
{
	cr_expect(one == 2);
	cr_skip_test("too late");
}
