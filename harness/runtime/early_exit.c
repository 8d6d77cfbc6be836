/*
 * Linked into every test program, with --wrap for exit, _exit, _Exit and
 * quick_exit: code under test that ends the process has not passed the test.
 * Criterion takes a test whose process ends with status 0 for passed, however
 * early it ended; here the test dies of SIGABRT instead, which Criterion
 * reports as a crash.
 *
 * The linker redirects the calls in the program's own objects only. Criterion
 * and the C library are shared libraries and go on to end processes as they
 * must. So may a child that a test forks.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn void __real_exit(int status);
_Noreturn void __real__exit(int status);
_Noreturn void __real__Exit(int status);
_Noreturn void __real_quick_exit(int status);
_Noreturn void __wrap_exit(int status);
_Noreturn void __wrap__exit(int status);
_Noreturn void __wrap__Exit(int status);
_Noreturn void __wrap_quick_exit(int status);

static pid_t test_process;

/* Criterion starts each test in a new image of the program, where this runs again. */
__attribute__((constructor)) static void remember_process(void)
{
	test_process = getpid();
}

static void refuse(const char *words)
{
	if (getpid() != test_process)
		return;
	/* Nothing is left to do if this fails. */
	if (write(STDERR_FILENO, words, strlen(words)) < 0)
		abort();
	abort();
}

void __wrap_exit(int status)
{
	refuse("exit() was called inside a test\n");
	__real_exit(status);
}

void __wrap__exit(int status)
{
	refuse("_exit() was called inside a test\n");
	__real__exit(status);
}

void __wrap__Exit(int status)
{
	refuse("_Exit() was called inside a test\n");
	__real__Exit(status);
}

void __wrap_quick_exit(int status)
{
	refuse("quick_exit() was called inside a test\n");
	__real_quick_exit(status);
}
