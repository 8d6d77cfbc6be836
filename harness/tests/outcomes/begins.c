/* What runs before main() and after it: for each test once, in the test's own process, and in no other. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pid_t constructed_in;
static int constructed;
static const char *test = "nobody"; /* whose process this is */
static pthread_t thread;

static void *ends(void *unused)
{
	return unused;
}

static void at_exit(void)
{
	printf("exit of %s %s\n", test, getpid() == constructed_in ? "in its process" : "elsewhere");
}

__attribute__((constructor)) static void construct(void)
{
	constructed++;
	constructed_in = getpid();
	if (pthread_create(&thread, NULL, ends, NULL) != 0)
		abort();
	atexit(at_exit);
	if (getenv("ENDS_BEFORE_IT_BEGINS"))
		_exit(0);
}

__attribute__((destructor)) static void destruct(void)
{
	printf("destructor of %s\n", test);
}

Test(begins, first)
{
	test = "first";
	cr_assert_eq(constructed, 1);
	cr_assert_eq(constructed_in, getpid());
	cr_assert_eq(pthread_join(thread, NULL), 0);
}

Test(begins, second)
{
	test = "second";
	cr_assert_eq(constructed, 1);
	cr_assert_eq(constructed_in, getpid());
	cr_assert_eq(pthread_join(thread, NULL), 0);
}
