/* The texts of the book on a terminal of any width. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* Begins something of its own: an item of a list, a heading, a row. */
static bool opens(const char *line)
{
	size_t digits = strspn(line, "0123456789");

	return strncmp(line, "- ", 2) == 0 || strncmp(line, "* ", 2) == 0 || *line == '#' || *line == '|' ||
	       (digits && strncmp(line + digits, ". ", 2) == 0);
}

/* "[line.h](line.h)" is "line.h", and "**DRD**" is "DRD". The caller frees it. */
static char *without_marks(const char *text, size_t length)
{
	const char *end = text + length;
	struct text plain;
	FILE *out = text_open(&plain);

	while (text < end) {
		const char *close = *text == '[' ? strstr(text, "](") : NULL;
		const char *after = close && close < end ? strchr(close, ')') : NULL;
		if (after && after < end) {
			fwrite(text + 1, 1, (size_t)(close - text - 1), out);
			text = after + 1;
		} else if (strncmp(text, "**", 2) == 0) {
			text += 2;
		} else {
			putc(*text++, out);
		}
	}
	return text_close(&plain);
}

/* As it is, up to the line that ends the fence. Returns what follows. */
static const char *print_fence(FILE *out, int indent, const char *text)
{
	const char *end = strstr(text + 3, "\n```");
	const char *start = text + strcspn(text, "\n");

	start += *start == '\n';
	end = end ? end + 1 : text + strlen(text);
	char *lines = start < end ? mem_copy_n(start, (size_t)(end - start)) : mem_copy("");
	print_lines(out, indent + 2, lines);
	free(lines);
	return end + strcspn(end, "\n");
}

/* Lines that belong together, in the style's width. Returns what follows. */
static const char *print_paragraph(FILE *out, struct style style, int indent, const char *text)
{
	const char *end = text + strcspn(text, "\n");

	while (end[0] == '\n' && end[1] && end[1] != '\n' && !opens(end + 1) && strncmp(end + 1, "```", 3) != 0)
		end += 1 + strcspn(end + 1, "\n");
	char *plain = without_marks(text, (size_t)(end - text));
	print_wrapped(out, style, indent, plain);
	free(plain);
	return end;
}

void report_prose(FILE *out, struct style style, int indent, const char *text)
{
	while (*text) {
		if (*text == '\n') {
			putc('\n', out);
		} else if (strncmp(text, "<!--", 4) == 0) {
			const char *end = strstr(text, "-->");
			text = end ? end : text;
			text += strcspn(text, "\n");
		} else if (strncmp(text, "```", 3) == 0) {
			text = print_fence(out, indent, text);
		} else if (strncmp(text, "    ", 4) == 0) {
			fprintf(out, "%*s%.*s\n", indent, "", (int)strcspn(text, "\n"), text);
			text += strcspn(text, "\n");
		} else {
			text = print_paragraph(out, style, indent, text);
		}
		text += *text == '\n';
	}
}
