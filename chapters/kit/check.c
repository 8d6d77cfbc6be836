#include "check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void check_zero(int error, const char *call, const char *file, int line)
{
	if (error == 0)
		return;
	fprintf(stderr, "%s:%d: %s: %s\n", file, line, call, strerror(error));
	abort();
}

void check_failed(const char *text, const char *file, int line)
{
	fprintf(stderr, "%s:%d: not true: %s\n", file, line, text);
	abort();
}

void check_refused(int error, const char *call, const char *file, int line)
{
	if (error == 0)
		return;
	fprintf(stderr, "%s:%d: cannot go on: %s: %s\n", file, line, call, strerror(error));
	/* Not exit(): it would run handlers and destructors beside threads that are still at work. */
	_exit(EXIT_REFUSED);
}

void check_missing(const char *text, const char *file, int line)
{
	check_refused(errno ? errno : ENOMEM, text, file, line);
	abort(); /* never reached: the error is not 0 */
}

void end_process(int status)
{
	fflush(stdout);
	_exit(status);
}

int invariant(bool holds, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	return holds ? EXIT_SUCCESS : EXIT_FAILURE;
}
