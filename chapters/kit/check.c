#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void check_zero(int error, const char *call, const char *file, int line)
{
	if (error == 0)
		return;
	fprintf(stderr, "%s:%d: %s: %s\n", file, line, call, strerror(error));
	abort();
}

void check_true(bool condition, const char *text, const char *file, int line)
{
	if (condition)
		return;
	fprintf(stderr, "%s:%d: not true: %s\n", file, line, text);
	abort();
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
