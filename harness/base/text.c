/*
 * Not by open_memstream(): where memory runs out glibc's drops what does not fit, and neither ferror() nor fclose()
 * tells. GNU's fopencookie() is in this one file.
 */
#define _GNU_SOURCE /* fopencookie() */
#include "text.h"

#include <string.h>
#include <sys/types.h>

#include "mem.h"

/* The stream's write: takes all, or ends the process. */
static ssize_t append(void *context, const char *bytes, size_t length)
{
	struct text *text = context;

	/* A '\0' always fits behind it. */
	while (text->room - text->length <= length) {
		text->room = text->room ? 2 * text->room : 256;
		text->bytes = mem_resize(text->bytes, text->room, 1);
	}
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	return (ssize_t)length;
}

FILE *text_open(struct text *text)
{
	*text = (struct text){0};
	text->out = fopencookie(text, "w", (cookie_io_functions_t){.write = append});
	if (!text->out)
		mem_exhausted();
	return text->out;
}

char *text_close(struct text *text)
{
	if (!text->out)
		return NULL;
	if (fclose(text->out) != 0)
		mem_exhausted();
	text->out = NULL;
	if (!text->bytes)
		append(text, "", 0);
	text->bytes[text->length] = '\0';
	return text->bytes;
}
