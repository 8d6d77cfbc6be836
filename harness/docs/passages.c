/* What stands between a mark and its end, for each kind of mark. */
#include "parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "report/report.h"
#include "verdict/detector.h"

bool filling_fail(struct filling *filling, char *message)
{
	*filling->error = mem_format("%s:%d: %s", filling->path, filling->line, message);
	free(message);
	return false;
}

/* The text of a file beside this one, or of the kit, for the caller to free; NULL with errno. */
static char *source_of(const struct filling *filling, const char *file)
{
	bool kit = strncmp(file, "kit/", 4) == 0;
	const char *directory = kit ? "chapters" : filling->directory;
	char *path = mem_format("%s%s%s", directory, *directory ? "/" : "", file), *full, *text = NULL;

	for (size_t i = 0; i < filling->catalogue->count && !text; i++)
		if (filling->catalogue->programs[i].source && strcmp(filling->catalogue->programs[i].path, path) == 0)
			text = mem_copy(filling->catalogue->programs[i].source);
	full = mem_format("%s/%s", filling->catalogue->root, path);
	if (!text)
		text = file_read(full);
	free(full);
	free(path);
	return text;
}

/* The names of the mark, each with its definition; "struct cache" is one name of two words. */
static bool print_excerpts(struct filling *filling, const struct mark *mark, const char *source, FILE *out)
{
	bool first = true;

	for (size_t i = 2; i < mark->count; i++) {
		const char *word = mark->words[i];
		bool tag = strcmp(word, "struct") == 0 || strcmp(word, "union") == 0 || strcmp(word, "enum") == 0;
		char *name = tag && i + 1 < mark->count ? mem_format("%s %s", word, mark->words[++i]) : mem_copy(word);
		char *excerpt = docs_excerpt(source, name);

		if (excerpt)
			fprintf(out, "%s%s", first ? "" : "\n", excerpt);
		else
			filling_fail(filling,
				     mem_format("%s does not define '%s'; name what is there", mark->words[1], name));
		first = false;
		free(excerpt);
		free(name);
		if (*filling->error)
			return false;
	}
	return true;
}

static bool fill_excerpt(struct filling *filling, const struct mark *mark)
{
	if (mark->count < 3)
		return filling_fail(filling,
				    mem_copy("an excerpt needs a file and names: <!-- excerpt FILE NAME... -->"));
	char *source = source_of(filling, mark->words[1]);
	if (!source)
		return filling_fail(filling, mem_format("cannot read '%s': %s", mark->words[1], strerror(errno)));
	fputs("```c\n", filling->out);
	bool good = print_excerpts(filling, mark, source, filling->out);
	fputs("```\n", filling->out);
	free(source);
	return good;
}

/* The run that a mark names; NULL after filling_fail() when there is none, or none that can be quoted. */
static const struct result *find_result(struct filling *filling, const char *pitfall, const char *program,
					const char *detector)
{
	const struct result *result = NULL;

	for (size_t i = 0; i < filling->results->count && !result; i++) {
		const struct result *one = &filling->results->items[i];
		if (strcmp(one->program->pitfall, pitfall) == 0 && strcmp(one->program->name, program) == 0 &&
		    strcmp(one->detector->name, detector) == 0)
			result = one;
	}
	if (!result) {
		filling_fail(filling, mem_format("no run of '%s' under '%s'; see that both names are right and "
						 "'./loose verify %s' judges them",
						 program, detector, pitfall));
	} else if (result->verdict.observed == OBSERVED_ERROR) {
		filling_fail(filling,
			     mem_format("the run of '%s' under '%s' cannot be quoted; './loose verify %s' says why",
					program, detector, pitfall));
		result = NULL;
	}
	return result;
}

static bool fill_says(struct filling *filling, const struct mark *mark)
{
	if (mark->count != 3 || !filling->pitfall)
		return filling_fail(filling, mem_copy("words need a program and a detector of the text's own pitfall: "
						      "<!-- says PROGRAM DETECTOR -->"));
	const struct result *result = find_result(filling, filling->pitfall, mark->words[1], mark->words[2]);
	if (!result)
		return false;
	fputs("```text\n", filling->out);
	report_words(filling->out, result);
	fputs("```\n", filling->out);
	return true;
}

/* Every reader of a text sees the same, whatever the author's terminal is. */
static const struct style in_a_text = {.utf8 = true, .width = 80};

static bool fill_run(struct filling *filling, const struct mark *mark)
{
	if (mark->count != 4)
		return filling_fail(filling,
				    mem_copy("a run is named in full: <!-- run CHAPTER/PITFALL PROGRAM DETECTOR -->"));
	const struct result *result = find_result(filling, mark->words[1], mark->words[2], mark->words[3]);
	if (!result)
		return false;
	fputs("```text\n", filling->out);
	/* As `run` shows it, whose one result this is. */
	const struct results shown = {.items = (struct result *)result, .count = 1};
	report_summary(filling->out, in_a_text, filling->catalogue->root, &shown, false);
	fputs("```\n", filling->out);
	return true;
}

/* Adds the pitfall's results to `some`, which has room for all; false after filling_fail(). */
static bool add_results(struct filling *filling, const char *pitfall, struct results *some)
{
	const struct results *all = filling->results;
	size_t before = some->count;

	for (size_t i = 0; i < all->count; i++) {
		if (strcmp(all->items[i].program->pitfall, pitfall) != 0)
			continue;
		if (all->items[i].verdict.observed == OBSERVED_ERROR)
			return filling_fail(filling,
					    mem_format("a run of '%s' cannot be quoted; './loose verify %s' says why",
						       pitfall, pitfall));
		some->items[some->count++] = all->items[i];
	}
	return some->count > before || filling_fail(filling, mem_format("no run of '%s'; name pitfalls in full: "
									"<!-- verify CHAPTER/PITFALL... -->",
									pitfall));
}

static bool fill_verify(struct filling *filling, const struct mark *mark)
{
	struct results some = {.items = mem_zeroed(filling->results->count * mark->count, sizeof *some.items)};
	bool good = mark->count > 1 ||
		    filling_fail(filling, mem_copy("name the pitfalls: <!-- verify CHAPTER/PITFALL... -->"));

	for (size_t i = 1; i < mark->count && good; i++)
		good = add_results(filling, mark->words[i], &some);
	if (good) {
		fputs("```text\n", filling->out);
		report_table(filling->out, in_a_text, &some);
		fputs("```\n", filling->out);
	}
	/* What the results own stays the filling's. */
	free(some.items);
	return good;
}

/* A hunk's line numbers would be wrong without the declaration, and say nothing in a book; its function stays. */
static void print_unnumbered(FILE *out, const char *diff)
{
	while (*diff) {
		size_t length = strcspn(diff, "\n");
		const char *behind = strncmp(diff, "@@ -", 4) == 0 ? strstr(diff + 4, " @@") : NULL;

		if (behind)
			fprintf(out, "@@%.*s\n", (int)(diff + length - behind - 3), behind + 3);
		else if (length == 1 && *diff == ' ')
			putc('\n', out); /* no blanks at the end of a line */
		else
			fprintf(out, "%.*s\n", (int)length, diff);
		diff += length + (diff[length] == '\n');
	}
}

static void print_diff(const struct filling *filling, const char *before, const char *after)
{
	char *diff = docs_diff(before, after);

	fputs("```diff\n", filling->out);
	print_unnumbered(filling->out, diff);
	fputs("```\n", filling->out);
	free(diff);
}

/* Of a program of several files: one that both sides have, broken/x.c against fixed/x.c. */
static bool fill_diff_of_file(struct filling *filling, const char *file)
{
	char *names[] = {mem_format("broken/%s", file), mem_format("fixed/%s", file)};
	char *before = source_of(filling, names[0]), *after = source_of(filling, names[1]);

	if (before && after)
		print_diff(filling, before, after);
	else
		filling_fail(filling,
			     mem_format("cannot read '%s': %s", before ? names[1] : names[0], strerror(errno)));
	free(before);
	free(after);
	free(names[0]);
	free(names[1]);
	return !*filling->error;
}

static bool fill_diff(struct filling *filling, const struct mark *mark)
{
	const struct program *broken = NULL, *fixed = NULL;

	if (filling->pitfall) {
		broken = catalogue_program(filling->catalogue, filling->pitfall, "broken");
		fixed = catalogue_program(filling->catalogue, filling->pitfall, "fixed");
	}
	if (mark->count > 2 || !broken || !fixed || !broken->source || !fixed->source)
		return filling_fail(filling,
				    mem_copy("a diff names one file at most and stands in the text of a pitfall that "
					     "has broken.c and fixed.c"));
	if (mark->count == 2)
		return fill_diff_of_file(filling, mark->words[1]);
	char *before = declaration_without(broken->source), *after = declaration_without(fixed->source);
	print_diff(filling, before, after);
	free(before);
	free(after);
	return true;
}

static bool fill_table(struct filling *filling, const struct mark *mark)
{
	bool chapter = strncmp(filling->directory, "chapters/", 9) == 0;
	char *prefix = chapter ? mem_format("%s/", filling->directory + 9) : mem_copy("");
	/* A blank line on either side, or it is not a table to some readers of Markdown. */
	bool good = mark->count == 1 && putc('\n', filling->out) != EOF &&
		    docs_table(filling->out, filling->results, prefix, filling->directory);

	putc('\n', filling->out);
	free(prefix);
	return good || filling_fail(filling, mem_copy("a table names nothing and stands in book.md or a chapter's "
						      "README.md, when broken programs have been judged"));
}

/* Into the brackets of an image, or between two stars: what ends them is taken for what it is. */
static void put_plain(FILE *out, const char *words)
{
	for (; *words; words++) {
		if (strchr("\\[]*_`<", *words))
			putc('\\', out);
		putc(*words, out);
	}
}

static bool fill_picture(struct filling *filling, const struct mark *mark)
{
	const struct docs_pictures *pictures = filling->pictures;

	if (mark->count != 2 || !filling->pitfall)
		return filling_fail(filling, mem_copy("a picture names its kind, in the text of a pitfall: "
						      "<!-- picture lanes --> or <!-- picture curve -->"));
	for (size_t i = 0; pictures && i < pictures->count; i++) {
		const struct docs_picture *picture = &pictures->items[i];
		if (strcmp(picture->pitfall, filling->pitfall) != 0 || strcmp(picture->kind, mark->words[1]) != 0)
			continue;
		fputs("![", filling->out);
		put_plain(filling->out, picture->words);
		fprintf(filling->out, "](%s.svg)\n\n*", picture->kind);
		put_plain(filling->out, picture->caption);
		fputs("*\n", filling->out);
		return true;
	}
	return filling_fail(filling,
			    mem_format("there is no picture '%s' of %s; the kinds are lanes and curve, and a curve "
				       "is of a bound that is broken",
				       mark->words[1], filling->pitfall));
}

passage_fill *passage_named(const char *name)
{
	static const struct {
		const char *name;
		passage_fill *fill;
	} kinds[] = {{"excerpt", fill_excerpt},	  {"says", fill_says},	    {"run", fill_run},
		     {"verify", fill_verify},	  {"diff", fill_diff},	    {"table", fill_table},
		     {"commands", fill_commands}, {"picture", fill_picture}};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].fill;
	return NULL;
}
