#include "mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *held(void *block)
{
	if (!block) {
		fputs("loose: out of memory\n", stderr);
		abort();
	}
	return block;
}

void *mem_zeroed(size_t count, size_t size)
{
	return held(calloc(count ? count : 1, size ? size : 1));
}

void *mem_resize(void *old, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		return held(NULL);
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
	char *text = NULL;
	size_t size;
	FILE *stream = held(open_memstream(&text, &size));
	va_list args;

	va_start(args, format);
	vfprintf(stream, format, args);
	va_end(args);
	if (fclose(stream) != 0)
		held(NULL);
	return text;
}
