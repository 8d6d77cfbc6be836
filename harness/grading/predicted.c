#include "predicted.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/detector.h"

static const char schema[] = "loose-threads/prediction/1";

void predicted_write(FILE *out, const char *pitfall, const char *const *fires)
{
	fprintf(out, "%s %s\nfires", schema, pitfall);
	for (; *fires; fires++)
		fprintf(out, " %s", *fires);
	fputc('\n', out);
}

/* Whether each word is the name of a detector, and none stands there twice. */
static bool are_detectors(char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!detector_named(words[i]))
			return false;
		for (size_t j = 0; j < i; j++)
			if (strcmp(words[i], words[j]) == 0)
				return false;
	}
	return true;
}

static bool has(char *const *words, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], name) == 0)
			return true;
	return false;
}

static struct predicted compare(char *const *words, size_t count, const struct declaration *broken)
{
	struct predicted predicted = {0};

	for (size_t i = 0; detectors[i]; i++) {
		const struct expectation *declared = declaration_of(broken, detectors[i]);
		if (detectors[i]->optional || !declared)
			continue;
		predicted.of++;
		predicted.right += has(words, count, detectors[i]->name) == (declared->word == WORD_FIRES);
	}
	return predicted;
}

struct predicted predicted_read(const char *text, const char *pitfall, const struct declaration *broken)
{
	enum { MOST_WORDS = 16 };
	char *start = mem_format("%s %s\nfires", schema, pitfall), *words[MOST_WORDS], *rest = NULL;
	struct predicted none = {0};
	size_t length = strlen(start), count = 0;

	bool good = strncmp(text, start, length) == 0 && text[length] && strchr(" \n", text[length]);
	char *names = good ? mem_copy(text + length) : NULL;
	free(start);
	if (!good)
		return none;
	for (char *word = strtok_r(names, " \n", &rest); word && count < MOST_WORDS;
	     word = strtok_r(NULL, " \n", &rest))
		words[count++] = word;
	struct predicted predicted = are_detectors(words, count) ? compare(words, count, broken) : none;
	free(names);
	return predicted;
}
