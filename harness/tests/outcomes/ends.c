/* Every way to end, in each part of a test. */
#define _GNU_SOURCE /* err() */
#include <criterion/criterion.h>
#include <err.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void nothing(void)
{
}

static void fails(void)
{
	cr_assert(0, "as it should");
}

static void fails_and_goes_on(void)
{
	cr_expect(0, "first");
	cr_expect(0, "second");
}

static void fails_and_crashes(void)
{
	cr_expect(0, "before the crash");
	raise(SIGSEGV);
}

static void crashes(void)
{
	raise(SIGSEGV);
}

static void aborts(void)
{
	abort();
}

static void is_killed(void)
{
	raise(SIGKILL);
}

static void is_terminated(void)
{
	raise(SIGTERM);
}

static void kills_its_group(void)
{
	kill(0, SIGTERM);
	pause();
}

static void exits(void)
{
	exit(0);
}

static void exits_with_3(void)
{
	exit(3);
}

static void leaves(void)
{
	_exit(0);
}

static void leaves_at_once(void)
{
	_Exit(0);
}

static void leaves_quickly(void)
{
	quick_exit(0);
}

/* The C library's own exit is not the program's. */
static void exits_within_a_library(void)
{
	errx(3, "from a library");
}

static void exits_well_within_a_library(void)
{
	errx(0, "from a library");
}

static void becomes_true(void)
{
	execlp("true", "true", (char *)NULL);
}

static void becomes_false(void)
{
	execlp("false", "false", (char *)NULL);
}

static void is_skipped(void)
{
	cr_skip_test("here");
}

#define IN_EACH_PART(how)                                                                                              \
	Test(body, how)                                                                                                \
	{                                                                                                              \
		how();                                                                                                 \
	}                                                                                                              \
	Test(setup, how, .init = how)                                                                                  \
	{                                                                                                              \
	}                                                                                                              \
	Test(teardown, how, .fini = how)                                                                               \
	{                                                                                                              \
	}                                                                                                              \
	Test(teardown_after_failure, how, .fini = how)                                                                 \
	{                                                                                                              \
		cr_assert(0, "in the body");                                                                           \
	}                                                                                                              \
	Test(at_exit, how)                                                                                             \
	{                                                                                                              \
		atexit(how);                                                                                           \
	}

IN_EACH_PART(nothing)
IN_EACH_PART(fails_and_crashes)
IN_EACH_PART(crashes)
IN_EACH_PART(aborts)
IN_EACH_PART(is_killed)
IN_EACH_PART(is_terminated)
IN_EACH_PART(kills_its_group)
IN_EACH_PART(becomes_true)
IN_EACH_PART(becomes_false)

#define IN_EACH_PART_BUT_EXIT(how)                                                                                     \
	Test(body, how)                                                                                                \
	{                                                                                                              \
		how();                                                                                                 \
	}                                                                                                              \
	Test(setup, how, .init = how)                                                                                  \
	{                                                                                                              \
	}                                                                                                              \
	Test(teardown, how, .fini = how)                                                                               \
	{                                                                                                              \
	}                                                                                                              \
	Test(teardown_after_failure, how, .fini = how)                                                                 \
	{                                                                                                              \
		cr_assert(0, "in the body");                                                                           \
	}

IN_EACH_PART_BUT_EXIT(fails)
IN_EACH_PART_BUT_EXIT(fails_and_goes_on)
IN_EACH_PART_BUT_EXIT(exits)
IN_EACH_PART_BUT_EXIT(exits_with_3)
IN_EACH_PART_BUT_EXIT(leaves)
IN_EACH_PART_BUT_EXIT(leaves_at_once)
IN_EACH_PART_BUT_EXIT(leaves_quickly)
IN_EACH_PART_BUT_EXIT(exits_within_a_library)
IN_EACH_PART_BUT_EXIT(exits_well_within_a_library)
IN_EACH_PART_BUT_EXIT(is_skipped)

/* --- with more than one thread or process --- */

static void *waits(void *unused)
{
	pause();
	return unused;
}

Test(several, leaves_a_thread_running)
{
	pthread_t thread;

	cr_assert_eq(pthread_create(&thread, NULL, waits, NULL), 0);
}

Test(several, fails_with_a_thread_running)
{
	pthread_t thread;

	cr_assert_eq(pthread_create(&thread, NULL, waits, NULL), 0);
	cr_assert(0);
}

Test(several, has_a_child)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(7);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert_eq(WEXITSTATUS(status), 7);
}

Test(several, leaves_a_child_running)
{
	if (fork() == 0) {
		pause();
		_exit(0);
	}
}

Test(several, blocks_all_signals)
{
	sigset_t all;

	sigfillset(&all);
	cr_assert_eq(sigprocmask(SIG_SETMASK, &all, NULL), 0);
	signal(SIGCHLD, SIG_IGN);
}

Test(several, starts_with_no_signal_blocked)
{
	sigset_t mask;

	cr_assert_eq(sigprocmask(SIG_SETMASK, NULL, &mask), 0);
	for (int number = 1; number < 32; number++)
		cr_expect_not(sigismember(&mask, number), "signal %d is blocked", number);
}

Test(several, leads_a_session)
{
	cr_assert_eq(getsid(0), getpid());
	cr_assert_eq(getpgrp(), getpid());
}

Test(several, prints_half_a_line)
{
	printf("half a line");
	fprintf(stderr, "and another");
}
