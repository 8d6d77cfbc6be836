/* Tests that run out of time. So much of it that a busy machine has begun them before. */
#include <criterion/criterion.h>
#include <unistd.h>

enum { ENOUGH = 5 };

static void waits(void)
{
	pause();
}

TestSuite(times, .timeout = ENOUGH);

Test(times, of_the_suite)
{
	cr_expect(0, "before");
	pause();
}

Test(times, of_the_test, .timeout = ENOUGH + 1)
{
	pause();
}

Test(times, in_the_setup, .init = waits)
{
}

Test(times, in_the_teardown, .fini = waits)
{
}

Test(times, is_enough, .timeout = 600)
{
}
