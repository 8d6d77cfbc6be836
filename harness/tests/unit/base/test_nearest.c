#include <criterion/criterion.h>

#include "base/nearest.h"

static const char *const names[] = {"verify", "version", "list", "implicit-contract", "doctor"};

static const char *nearest(const char *typed)
{
	const char *found = nearest_name(typed, names, sizeof names / sizeof *names);

	return found ? found : "none";
}

Test(nearest, one_slip)
{
	cr_assert_str_eq(nearest("verfiy"), "verify", "two letters swapped");
	cr_assert_str_eq(nearest("verif"), "verify", "one left out");
	cr_assert_str_eq(nearest("doctoor"), "doctor", "one added");
	cr_assert_str_eq(nearest("lisp"), "list", "one changed");
	cr_assert_str_eq(nearest("list"), "list", "none");
}

Test(nearest, a_long_name_may_have_several)
{
	cr_assert_str_eq(nearest("implict-contrakt"), "implicit-contract");
}

Test(nearest, what_is_not_near)
{
	cr_assert_str_eq(nearest("judge"), "none");
	cr_assert_str_eq(nearest("l"), "none");
	cr_assert_str_eq(nearest(""), "none");
	cr_assert_null(nearest_name("list", names, 0));
}
