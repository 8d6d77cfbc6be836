/* Where Criterion hangs, gives up or looks away, and the runner does not. What must come of each stands beside it. */
#define _GNU_SOURCE /* close_range() */
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENOUGH = 5 };

static void hangs(void)
{
	for (;;)
		pause();
}

static int assertion_of_a_child(int holds)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		cr_assert(holds, "of a child");
		_exit(7);
	}
	waitpid(child, &status, 0);
	return status;
}

/* passes: no descriptor is needed to tell an outcome */
Test(apart, closes_all_descriptors)
{
	cr_assert_eq(close_range(0, 1000, 0), 0);
}

/* fails */
Test(apart, closes_all_descriptors_and_fails)
{
	cr_assert_eq(close_range(0, 1000, 0), 0);
	cr_assert(0, "without descriptors");
}

/* passes */
Test(apart, child_asserts_what_holds)
{
	int status = assertion_of_a_child(1);

	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

/* passes: a child that asserts wrongly dies, and tells its parent so */
Test(apart, child_asserts_what_fails)
{
	int status = assertion_of_a_child(0);

	cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

/* passes: its child ends in its place, but only the test's own process has the word */
Test(apart, child_returns)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0)
		return;
	waitpid(child, &status, 0);
	cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

/* crashes: the process would end by its last thread, and the body never */
Test(apart, leaves_its_thread)
{
	pthread_exit(NULL);
}

/* times out: no signal that it ignores is asked for */
Test(apart, ignores_signals_and_hangs, .timeout = ENOUGH)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (int number = 1; number < 32; number++)
		signal(number, SIG_IGN);
	hangs();
}

/* times out, with its child */
Test(apart, hangs_with_a_child, .timeout = ENOUGH)
{
	fork();
	hangs();
}

/* times out */
Test(apart, hangs_at_exit, .timeout = ENOUGH)
{
	atexit(hangs);
}
