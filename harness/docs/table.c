/* The book's detector table, made from what programs declare and runs have borne out. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/detector.h"

enum row_kind { SEES, MISSES, CRIES_WOLF, KINDS };

static const struct result *find(const struct results *results, const char *pitfall, enum role role,
				 const struct detector *detector)
{
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		if (result->detector == detector && result->program->role == role &&
		    strcmp(result->program->pitfall, pitfall) == 0)
			return result;
	}
	return NULL;
}

/* Declared so, and seen so. */
static bool stands(const struct result *result, enum word word)
{
	return result && result->expected && result->verdict.agrees && result->expected->word == word;
}

/* The pitfall of the result, if it is its first one of a broken program; NULL else. */
static const char *pitfall_at(const struct results *results, size_t index, const char *prefix)
{
	const struct program *program = results->items[index].program;

	if (program->role != ROLE_BROKEN || strncmp(program->pitfall, prefix, strlen(prefix)) != 0)
		return NULL;
	for (size_t i = 0; i < index; i++)
		if (results->items[i].program->role == ROLE_BROKEN &&
		    strcmp(results->items[i].program->pitfall, program->pitfall) == 0)
			return NULL;
	return program->pitfall;
}

/* The detectors that every program declares: NULL-terminated, for the caller to free. */
static const struct detector **columns(size_t *count)
{
	const struct detector **some = NULL;

	*count = 0;
	for (size_t i = 0; detectors[i]; i++) {
		some = mem_resize(some, *count + 1, sizeof(struct detector *));
		if (!detectors[i]->optional)
			some[(*count)++] = detectors[i];
	}
	return some;
}

static void print_head(FILE *out, const struct detector *const *shown, size_t count)
{
	fputs("| pitfall |", out);
	for (size_t i = 0; i < count; i++)
		fprintf(out, " %s |", shown[i]->name);
	fputs("\n|---|", out);
	for (size_t i = 0; i < count; i++)
		fputs("---|", out);
	putc('\n', out);
}

/* Links only downwards: from the book's root or from the chapter. */
static void print_link(FILE *out, const char *pitfall, const char *from)
{
	const char *rest = strncmp(from, "chapters/", 9) == 0 ? from + 9 : NULL, *link = pitfall;
	size_t length = rest ? strlen(rest) : 0;

	if (rest && strncmp(pitfall, rest, length) == 0 && pitfall[length] == '/')
		link = pitfall + length + 1;
	fprintf(out, "| [%s](%s%s/README.md) |", pitfall, rest ? "" : "chapters/", link);
}

static void print_cell(FILE *out, const struct results *results, const char *pitfall, const struct detector *detector,
		       size_t totals[KINDS])
{
	const struct result *broken = find(results, pitfall, ROLE_BROKEN, detector);
	bool sees = stands(broken, WORD_FIRES), misses = stands(broken, WORD_BLIND);
	bool wolf = stands(find(results, pitfall, ROLE_FIXED, detector), WORD_FALSE_ALARM);

	totals[SEES] += sees;
	totals[MISSES] += misses;
	totals[CRIES_WOLF] += wolf;
	fprintf(out, " %s%s |", sees ? "fires" : misses ? "blind" : "?", wolf ? ", false alarm" : "");
}

static void print_totals(FILE *out, size_t (*totals)[KINDS], size_t count, size_t pitfalls)
{
	static const char *const names[KINDS] = {"sees", "misses", "cries wolf over the fix"};

	for (int kind = 0; kind < KINDS; kind++) {
		fprintf(out, "| **%s** |", names[kind]);
		for (size_t i = 0; i < count; i++)
			fprintf(out, " %zu of %zu |", totals[i][kind], pitfalls);
		putc('\n', out);
	}
}

bool docs_table(FILE *out, const struct results *results, const char *prefix, const char *from)
{
	size_t count, pitfalls = 0;
	const struct detector **shown = columns(&count);
	size_t(*totals)[KINDS] = mem_zeroed(count, sizeof *totals);

	print_head(out, shown, count);
	for (size_t i = 0; i < results->count; i++) {
		const char *pitfall = pitfall_at(results, i, prefix);
		if (!pitfall)
			continue;
		pitfalls++;
		print_link(out, pitfall, from);
		for (size_t j = 0; j < count; j++)
			print_cell(out, results, pitfall, shown[j], totals[j]);
		putc('\n', out);
	}
	print_totals(out, totals, count, pitfalls);
	free(totals);
	free(shown);
	return pitfalls > 0;
}
