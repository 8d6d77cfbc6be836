#include "answerless.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "verdict/declaration.h"

static bool ends(const char *path, const char *ending)
{
	size_t length = strlen(path), of = strlen(ending);

	return length >= of && strcmp(path + length - of, ending) == 0;
}

static bool begins(const char *line, const char *start)
{
	return strncmp(line, start, strlen(start)) == 0;
}

bool answerless_leaves_out(const char *path)
{
	return ends(path, ".svg") || strcmp(path, "CONTRIBUTING.md") == 0 || strcmp(path, "chapters/teaching") == 0;
}

/* A text ends before this one of its sections. */
static bool is_last_heading(const char *line)
{
	static const char *const headings[] = {"## What happens", "## What the detectors say", "## After the exercise",
					       "## Appendix"};

	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
		if (begins(line, headings[i]))
			return true;
	return false;
}

/* A passage that is filled from sources alone. */
static bool is_of_sources(const char *line)
{
	return begins(line, "<!-- excerpt ") || begins(line, "<!-- commands");
}

static char *page_without(const char *text)
{
	struct text made;
	FILE *out = text_open(&made);
	bool dropped = false;

	for (const char *line = text; *line && !is_last_heading(line);) {
		size_t length = strcspn(line, "\n") + 1;
		length -= line[length - 1] == '\0';
		if (begins(line, "<!-- end -->"))
			dropped = false;
		else if (begins(line, "<!-- ") && !is_of_sources(line))
			dropped = true;
		else if (!dropped && !begins(line, "!["))
			fwrite(line, 1, length, out);
		line += length;
	}
	fputs("\nWhat this page has beside that is given out when the predictions have been handed in.\n", out);
	return text_close(&made);
}

char *answerless_text(const char *path, const char *text)
{
	bool chapter = begins(path, "chapters/");

	if (chapter && ends(path, ".c"))
		return declaration_without(text);
	if (ends(path, ".md") && (chapter || !strchr(path, '/')))
		return page_without(text);
	return NULL;
}
