#include "answers.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/declaration.h"

bool answers_hidden(const struct reader *reader, const char *pitfall, bool asked)
{
	return !asked && !pitfall_is_alone(reader->root, pitfall) && reader_standing(reader, pitfall).predictions == 0;
}

char *answers_how(const char *pitfall)
{
	const char *slash = strrchr(pitfall, '/');

	return mem_format(
		"the answers are hidden until you have said what you expect: ./loose predict %s; --answers shows "
		"them now",
		slash ? slash + 1 : pitfall);
}

char *answers_hide(const char *source)
{
	return declaration_without(source);
}

/* --- texts ---------------------------------------------------------------------------------------------------------*/

/* The line "## HEADING" of a text; NULL when there is none. What stands in a fence is not a heading. */
static const char *heading_in(const char *text, const char *heading)
{
	size_t length = strlen(heading);
	bool fence = false;

	while (*text) {
		if (strncmp(text, "```", 3) == 0)
			fence = !fence;
		if (!fence && strncmp(text, "## ", 3) == 0 && strncmp(text + 3, heading, length) == 0 &&
		    (text[3 + length] == '\n' || !text[3 + length]))
			return text;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return NULL;
}

/* Where the next section begins, or the text ends. */
static const char *section_end(const char *text)
{
	bool fence = false;

	while (*text) {
		if (strncmp(text, "```", 3) == 0)
			fence = !fence;
		if (!fence && strncmp(text, "## ", 3) == 0)
			return text;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return text;
}

static const char what_they_say[] = "What the detectors say";

char *answers_hide_text(const char *text)
{
	const char *start = heading_in(text, what_they_say);

	return start ? mem_copy_n(text, (size_t)(start - text)) : mem_copy(text);
}

char *answers_section(const char *text, const char *heading)
{
	const char *start = heading_in(text, heading);

	if (!start)
		return NULL;
	start += strcspn(start, "\n");
	start += strspn(start, "\n");
	const char *end = section_end(start);
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	return mem_copy_n(start, (size_t)(end - start));
}

int answers_hints(const char *text)
{
	int hints = 0;

	for (bool found = true; found; hints += found) {
		char *heading = mem_format("Hint %d", hints + 1);
		found = heading_in(text, heading);
		free(heading);
	}
	return hints;
}

char *answers_hide_hints(const char *text, int taken)
{
	char *shown = mem_copy(text);

	for (int hint = taken + 1;; hint++) {
		char *heading = mem_format("Hint %d", hint);
		const char *start = heading_in(shown, heading);
		free(heading);
		if (!start)
			return shown;
		const char *end = section_end(start + 1);
		char *shorter = mem_format("%.*s%s", (int)(start - shown), shown, end);
		free(shown);
		shown = shorter;
	}
}

/* --- a passage -----------------------------------------------------------------------------------------------------*/

/* Behind the paragraph, which ends at an empty line. */
static const char *paragraph_end(const char *text)
{
	const char *end = strstr(text, "\n\n");

	return end ? end : text + strlen(text);
}

static bool has_word(const char *text, size_t length, const char *word)
{
	size_t size = strlen(word);

	for (size_t i = 0; i + size <= length; i++) {
		size_t same = 0;
		while (same < size && tolower((unsigned char)text[i + same]) == tolower((unsigned char)word[same]))
			same++;
		if (same == size && (i == 0 || !isalnum((unsigned char)text[i - 1])) &&
		    (i + size == length || !isalnum((unsigned char)text[i + size])))
			return true;
	}
	return false;
}

/* What the paragraph is about stands in bold at its beginning: "**Helgrind** and **DRD** see the same." */
static bool is_about(const char *paragraph, size_t length, const char *title)
{
	const char *end = paragraph + length;

	while (paragraph + 4 < end && strncmp(paragraph, "**", 2) == 0) {
		const char *close = strstr(paragraph + 2, "**");
		if (!close || close >= end)
			return false;
		if (has_word(paragraph + 2, (size_t)(close - paragraph - 2), title))
			return true;
		paragraph = close + 2;
		if (strncmp(paragraph, ", ", 2) == 0)
			paragraph += 2;
		if (strncmp(paragraph, " and ", 5) == 0)
			paragraph += 5;
	}
	return false;
}

/* Behind a block that is quoted or generated; the text itself when it begins with none. */
static const char *after_block(const char *text)
{
	if (*text == '<')
		return text + strcspn(text, "\n");
	if (strncmp(text, "```", 3) != 0)
		return text;
	const char *end = strstr(text + 3, "\n```");
	return end ? end + strlen("\n```") : text + strlen(text);
}

/* A paragraph that ends with a colon goes on with what is quoted after it, and with the next one. */
static char *passage_from(const char *start, const char *end)
{
	if (end > start && end[-1] == ':') {
		const char *at = end + strspn(end, "\n"), *after;
		while (*at && (after = after_block(at)) != at)
			at = after + strspn(after, "\n");
		end = *at ? paragraph_end(at) : end;
	}
	return mem_copy_n(start, (size_t)(end - start));
}

/*
 * The first paragraph that is about it; or else the first that names it; or else the first of all, which speaks of several:
 * "Nobody says anything."
 */
static char *paragraph_about(const char *section, const char *title)
{
	const char *first = NULL, *named = NULL;

	for (const char *at = section + strspn(section, "\n"); *at; at += strspn(at, "\n")) {
		const char *end = after_block(at);
		if (end == at) {
			end = paragraph_end(at);
			size_t length = (size_t)(end - at);
			if (is_about(at, length, title))
				return passage_from(at, end);
			if (!named && has_word(at, length, title))
				named = at;
			first = first ? first : at;
		}
		at = end;
	}
	named = named ? named : first;
	return named ? passage_from(named, paragraph_end(named)) : NULL;
}

char *answers_passage(const char *text, const struct detector *detector)
{
	char *section = answers_section(text, what_they_say), *passage = NULL;

	if (section)
		passage = paragraph_about(section, detector->title ? detector->title : detector->name);
	free(section);
	return passage;
}
