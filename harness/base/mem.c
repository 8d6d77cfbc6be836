#include "mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

static void (*end_process)(void) = abort;

void mem_on_exhaustion(void (*end)(void))
{
	end_process = end;
}

_Noreturn void mem_exhausted(void)
{
	static const char line[] = "loose: out of memory; end other programs, or give this one more\n";

	/* Not by stdio, which may allocate. Nothing can be done where this write fails. */
	if (write(STDERR_FILENO, line, sizeof line - 1) > 0)
		end_process();
	abort();
}

static void *held(void *block)
{
	if (!block)
		mem_exhausted();
	return block;
}

void *mem_zeroed(size_t count, size_t size)
{
	return held(calloc(count ? count : 1, size ? size : 1));
}

void *mem_resize(void *old, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		mem_exhausted();
	size *= count;
	return held(realloc(old, size ? size : 1));
}

char *mem_copy(const char *text)
{
	return held(strdup(text));
}

char *mem_copy_n(const char *text, size_t length)
{
	return held(strndup(text, length));
}

char *mem_format(const char *format, ...)
{
	struct text text;
	va_list args;

	va_start(args, format);
	vfprintf(text_open(&text), format, args);
	va_end(args);
	return text_close(&text);
}
