/*
 * exec*(): what is watched ends here. The report is written before the call,
 * as at an exit; if the call fails the program goes on, and so does the report,
 * which will be written again. The image that comes next, when it is the
 * watched program too, begins a report of its own in the same file. See
 * monitor.h.
 */
#define _GNU_SOURCE /* execvpe(), execveat() */
#include "monitor.h"

#include <errno.h>
#include <stdarg.h>

extern char **environ;

static void before(void)
{
	struct section section;

	if (!monitor_is_own_process())
		return;
	monitor_close("exec");
	/* Not at an end yet: events go on to count until the image is gone. */
	if (!section_enter(&section))
		return;
	state->closed = false;
	section_leave(&section);
}

/* The call has failed. */
static int after(int status)
{
	int error = errno;
	struct section section;

	if (monitor_is_own_process() && section_enter(&section)) {
		state->frozen = false;
		report_resume();
		section_leave(&section);
	}
	errno = error;
	return status;
}

EXPORT int execve(const char *path, char *const arguments[], char *const environment[])
{
	before();
	return after(real()->execve(path, arguments, environment));
}

EXPORT int execvpe(const char *file, char *const arguments[], char *const environment[])
{
	before();
	return after(real()->execvpe(file, arguments, environment));
}

EXPORT int fexecve(int file, char *const arguments[], char *const environment[])
{
	before();
	return after(real()->fexecve(file, arguments, environment));
}

EXPORT int execveat(int directory, const char *path, char *const arguments[], char *const environment[], int flags)
{
	before();
	return after(real()->execveat(directory, path, arguments, environment, flags));
}

EXPORT int execv(const char *path, char *const arguments[])
{
	return execve(path, arguments, environ);
}

EXPORT int execvp(const char *file, char *const arguments[])
{
	return execvpe(file, arguments, environ);
}

/* The arguments as a vector, on the stack as in the C library: no memory is asked for. */
#define COUNT_ARGUMENTS(count, args, last)                                                                             \
	do {                                                                                                           \
		va_start(args, last);                                                                                  \
		for (count = 1; va_arg(args, const char *); count++)                                                   \
			;                                                                                              \
		va_end(args);                                                                                          \
	} while (0)

#define TAKE_ARGUMENTS(vector, count, args, last)                                                                      \
	do {                                                                                                           \
		va_start(args, last);                                                                                  \
		vector[0] = (char *)(uintptr_t)last;                                                                   \
		for (size_t i = 1; i <= count; i++)                                                                    \
			vector[i] = va_arg(args, char *);                                                              \
	} while (0)

EXPORT int execl(const char *path, const char *first, ...)
{
	va_list args;
	size_t count;

	COUNT_ARGUMENTS(count, args, first);
	char *vector[count + 1];
	TAKE_ARGUMENTS(vector, count, args, first);
	va_end(args);
	return execve(path, vector, environ);
}

EXPORT int execlp(const char *file, const char *first, ...)
{
	va_list args;
	size_t count;

	COUNT_ARGUMENTS(count, args, first);
	char *vector[count + 1];
	TAKE_ARGUMENTS(vector, count, args, first);
	va_end(args);
	return execvpe(file, vector, environ);
}

EXPORT int execle(const char *path, const char *first, ...)
{
	va_list args;
	size_t count;

	COUNT_ARGUMENTS(count, args, first);
	char *vector[count + 1];
	TAKE_ARGUMENTS(vector, count, args, first);
	char *const *environment = va_arg(args, char *const *);
	va_end(args);
	return execve(path, vector, environment);
}
