/* Criterion tests of every outcome; the messages are meant to be mistaken for results. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <signal.h>
#include <unistd.h>

Test(outcomes, passes)
{
	cr_assert(1);
}
Test(outcomes, fails)
{
	cr_assert_str_eq("a", "b", "one \"quoted\"\nok - outcomes::evil  (0.00s)\n1..1\n  ...\nlast");
}
Test(outcomes, expects)
{
	cr_expect(0);
	cr_expect(0);
}
Test(outcomes, crashes)
{
	cr_expect(0);
	raise(SIGSEGV);
}
Test(outcomes, times_out, .timeout = 0.5)
{
	pause();
}
Test(outcomes, is_disabled, .disabled = true)
{
}
Test(outcomes, wrong_signal, .signal = SIGTERM)
{
}
ParameterizedTestParameters(outcomes, takes)
{
	static int values[] = {1, 2, 3};

	return cr_make_param_array(int, values, 3);
}
ParameterizedTest(int *value, outcomes, takes)
{
	cr_assert(*value == 1, "is %d", *value);
}
