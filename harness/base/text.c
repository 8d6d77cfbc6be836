/*
 * Not by open_memstream(): where memory runs out glibc's drops what does not fit, and neither ferror() nor fclose()
 * tells. GNU's fopencookie() is in this one file.
 */
#define _GNU_SOURCE /* fopencookie() */
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "mem.h"

/* The stream's write: takes all, or ends the process. */
static ssize_t append(void *context, const char *bytes, size_t length)
{
	struct text *text = context;

	/* A '\0' always fits after it. */
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

/* Of ASCII, and those of ISO 8859's upper half, which UTF-8 writes in two bytes. The bytes that it takes; 0: none. */
static int control_at(const unsigned char *at)
{
	if (*at < 0x20 || *at == 0x7f)
		return 1;
	return at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0 ? 2 : 0;
}

char *text_escape(const char *text)
{
	struct text all;
	FILE *out = text_open(&all);

	for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
		int control = control_at(at);
		if (!control)
			putc(*at, out);
		else if (*at == '\n' || *at == '\t')
			fputs(*at == '\n' ? "\\n" : "\\t", out);
		for (; control && *at != '\n' && *at != '\t'; control--, at += control != 0)
			fprintf(out, "\\%03o", *at);
	}
	return text_close(&all);
}

/* The bytes of the character of UTF-8 that begins here; 0: none does. */
static int length_of(const unsigned char *at)
{
	int more = *at < 0x80 ? 0 : *at < 0xc2 ? -1 : *at < 0xe0 ? 1 : *at < 0xf0 ? 2 : *at < 0xf5 ? 3 : -1;

	for (int i = 1; i <= more; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	/* Written longer than need be, halves of pairs, and beyond the last. */
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] >= 0xa0) || (at[0] == 0xf0 && at[1] < 0x90) ||
	    (at[0] == 0xf4 && at[1] >= 0x90))
		return 0;
	return more + 1;
}

bool text_is_plain(const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at;) {
		int length = length_of(at);
		if (!length || (*at != '\t' && control_at(at)))
			return false;
		at += length;
	}
	return true;
}

bool text_lines(const char *bytes, size_t length, bool (*take)(void *context, char *line, size_t length), void *context)
{
	size_t start = 0;
	bool good = true;

	for (size_t end = 0; end < length && good; end++) {
		if (bytes[end] != '\n')
			continue;
		char *line = mem_copy_n(bytes + start, end - start);
		good = take(context, line, end - start);
		free(line);
		start = end + 1;
	}
	return good && start == length;
}
