#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "contract.h"
#include "docs/docs.h"
#include "lines.h"
#include "prose.h"
#include "reader/answers.h"

enum { LONG_SECONDS = 5 };

enum ink { OFF, STRONG, FAINT, GOOD, BAD };

static const char *ink(const struct view *view, enum ink which)
{
	static const char *const codes[] = {"\033[0m", "\033[1m", "\033[2m", "\033[32m", "\033[1;31m"};

	return view->style.colour ? codes[which] : "";
}

static void heading(FILE *out, const struct view *view, const char *text)
{
	fprintf(out, "%s%s%s\n", ink(view, STRONG), text, ink(view, OFF));
}

/* --- the exercise --- */

static bool has_exercise(const struct catalogue *catalogue, size_t pitfall)
{
	return catalogue_program(catalogue, catalogue->pitfalls[pitfall], "starter");
}

void page_title(FILE *out, const struct view *view)
{
	const struct catalogue *catalogue = view->catalogue;
	size_t all = 0, passed = 0, place = 0;

	for (size_t i = 0; i < catalogue->pitfall_count; i++) {
		if (!has_exercise(catalogue, i))
			continue;
		all++;
		passed += reader_standing(view->reader, catalogue->pitfalls[i]).passed;
		if (strcmp(catalogue->pitfalls[i], view->pitfall) == 0)
			place = all;
	}
	fprintf(out, "%s%s%s  exercise %zu of %zu, %zu passed\n", ink(view, STRONG), view->pitfall, ink(view, OFF),
		place, all, passed);
	fprintf(out, "What it must do: exercises/%s/README.md\n", view->pitfall);
	fprintf(out, "Edit %s; each save is judged.\n", view->file);
}

/* --- verdicts --- */

/* "fires: data-race in evict", or what else came of it, in a line. For the caller to free. */
static char *seen_of(const struct result *result)
{
	const struct findings *all = &result->seen.findings;
	enum observed observed = result->verdict.observed;

	if (result->bad_input)
		return mem_copy("not run");
	char *often = result->runs > 1 ? mem_format(" in %u of %u runs", result->fired, result->runs) : mem_copy("");
	char *says = NULL;
	if (result->detector->tests && result->seen.failed)
		says = mem_format("fails%s: %s", often, result->seen.failed);
	else if (all->count)
		says = mem_format("fires%s: %s in %s%s", often, all->items[0].kind, all->items[0].function,
				  result->seen.failed ? ", and a test fails" : "");
	free(often);
	if (says)
		return says;
	if (result->seen.failed)
		return mem_format("finds nothing, but these tests fail: %s", result->seen.failed);
	if (observed == OBSERVED_ERROR)
		return mem_format("cannot be judged: %s", result->verdict.why ? result->verdict.why : "");
	if (observed == OBSERVED_CUT)
		return mem_copy("finds nothing until the program ends");
	return mem_copy(observed_name(observed));
}

static void print_row(FILE *out, const struct view *view, const char *name, int good, const char *seen)
{
	static const char *const marks[2][3] = {{"[ ]", "[x]", "[!]"}, {"·", "✓", "✗"}};
	const char *mark = marks[view->style.utf8][good < 0 ? 0 : good ? 1 : 2];
	enum ink colour = good < 0 ? FAINT : good ? GOOD : BAD;
	char *line = mem_copy_n(seen, strcspn(seen, "\n"));

	fprintf(out, "  %s%s %-9s ", ink(view, colour), mark, name);
	lines_print_clean(out, line);
	fprintf(out, "%s\n", ink(view, OFF));
	free(line);
}

static bool is_uncompiled(const struct view *view)
{
	for (size_t i = 0; i < view->count; i++)
		if (view->results[i] && view->results[i]->bad_input)
			return true;
	return false;
}

static const char *compiler_says(const struct view *view)
{
	return is_uncompiled(view) ? "does not compile" : view->compiled ? "compiles" : "compiling";
}

/* What takes long says how long, so that nobody takes it for hung. For the caller to free. */
static char *progress_of(const struct view *view, size_t index)
{
	uint64_t seconds = view->now > view->began[index] ? (view->now - view->began[index]) / 1000 : 0;

	if (!view->started[index])
		return mem_copy("waiting");
	return seconds < LONG_SECONDS ? mem_copy("running") : mem_format("running for %d s", (int)seconds);
}

void page_verdicts(FILE *out, const struct view *view)
{
	if (view->stage == STAGE_GONE || view->stage == STAGE_EMPTY)
		return;
	print_row(out, view, "compiler", is_uncompiled(view) ? 0 : view->compiled ? 1 : -1, compiler_says(view));
	for (size_t i = 0; i < view->count; i++) {
		const struct result *result = view->results[i];
		char *seen = result ? seen_of(result) : progress_of(view, i);
		bool open = !result || result->bad_input;
		print_row(out, view, view->detectors[i]->name, open ? -1 : result->verdict.agrees, seen);
		free(seen);
	}
}

void page_compiler_line(FILE *out, const struct view *view)
{
	fprintf(out, "compiler: %s\n", compiler_says(view));
}

void page_verdict_line(FILE *out, const struct view *view, size_t index)
{
	char *seen = seen_of(view->results[index]);

	fprintf(out, "%s: ", view->detectors[index]->name);
	lines_print_clean(out, seen);
	putc('\n', out);
	free(seen);
}

/* Who refuses the file, in a word; NULL: nobody, or one who only says again what another has said. */
static const char *refusal_of(const struct result *result)
{
	if (!result || result->verdict.agrees || result->bad_input)
		return NULL;
	if (result->detector->tests)
		return result->seen.failed ? "a test fails" : "the tests do not end well";
	if (result->seen.findings.count)
		return "fires";
	return result->seen.failed ? NULL : "could not see it to its end";
}

/* "a test fails, tsan fires and budget fires", for the caller to free. */
static char *refusals(const struct view *view)
{
	struct text text;
	FILE *out = text_open(&text);
	size_t count = 0, said = 0;

	for (size_t i = 0; i < view->count; i++)
		count += refusal_of(view->results[i]) != NULL;
	for (size_t i = 0; i < view->count; i++) {
		const char *word = refusal_of(view->results[i]);
		if (!word)
			continue;
		fputs(said == 0 ? "" : said + 1 == count ? " and " : ", ", out);
		if (!view->detectors[i]->tests)
			fprintf(out, "%s ", view->detectors[i]->name);
		fputs(word, out);
		said++;
	}
	/* A test may fail under one detector alone. */
	for (size_t i = 0; i < view->count && count == 0; i++)
		if (view->results[i] && !view->results[i]->verdict.agrees && view->results[i]->seen.failed) {
			fprintf(out, "a test fails under %s", view->detectors[i]->name);
			break;
		}
	return text_close(&text);
}

void page_summary(FILE *out, const struct view *view)
{
	char *why = refusals(view);

	switch (view->stage) {
	case STAGE_GONE:
		fprintf(out, "%s is not there. It is judged when it comes back; r begins anew.\n", view->file);
		break;
	case STAGE_EMPTY:
		fprintf(out, "%s is empty. It is judged when something is in it.\n", view->file);
		break;
	case STAGE_JUDGING:
		if (view->late && !*why)
			fputs("All agree. Once more, with threads that start, lock, wake up and end late...\n", out);
		else
			fprintf(out, "%s%s\n", *why ? "Refused so far: " : "Judging...", why);
		break;
	case STAGE_PASSED:
		fprintf(out, "%sPassed: the tests pass, and no detector fires.%s\n", ink(view, GOOD), ink(view, OFF));
		break;
	case STAGE_REFUSED:
		fprintf(out, "%sRefused: %s.%s\n", ink(view, BAD), why, ink(view, OFF));
		break;
	case STAGE_UNCOMPILED:
		fprintf(out, "%sIt does not compile.%s\n", ink(view, BAD), ink(view, OFF));
		break;
	case STAGE_UNJUDGED:
		fprintf(out, "%sIt could not be judged%s%s.%s\n", ink(view, BAD), view->error ? ": " : "",
			view->error ? view->error : "", ink(view, OFF));
		break;
	}
	free(why);
}

/* --- findings --- */

/* Those that are there, in the order in which they are shown; their contents stay the view's. */
static struct results results_of(const struct view *view)
{
	struct results results = {.items = mem_zeroed(view->count, sizeof *results.items)};

	for (size_t i = 0; i < view->count; i++)
		if (view->results[i])
			results.items[results.count++] = *view->results[i];
	return results;
}

static void print_refusal(FILE *out, const struct view *view, const struct results *results, size_t index)
{
	const struct result *result = &results->items[index];

	putc('\n', out);
	report_result(out, view->style, view->catalogue->root, result);
	if (result->seen.ending != ENDED_BY_ITSELF)
		report_ending(out, view->style, view->catalogue->root, results, index);
}

/* The first that refuses the file, by its index; `count` when none does. What does not compile comes once, and alone. */
static size_t first_refusal(const struct results *results)
{
	size_t first = 0;

	while (first < results->count && results->items[first].verdict.agrees)
		first++;
	return first;
}

/* What only says again that a test fails is left out. */
static bool is_further(const struct results *results, size_t index)
{
	const struct result *result = &results->items[index];

	return index > first_refusal(results) && !result->verdict.agrees && !result->bad_input &&
	       (result->seen.findings.count || !result->seen.failed);
}

/* The first of them after this one; `count` when there is none. */
static size_t next_further(const struct results *results, size_t index)
{
	do
		index++;
	while (index < results->count && !is_further(results, index));
	return index < results->count ? index : results->count;
}

void page_further(FILE *out, const struct view *view)
{
	struct results results = results_of(view);

	if (next_further(&results, 0) >= results.count && !is_further(&results, 0))
		fputs("There is nothing more than what is shown.\n", out);
	for (size_t i = 0; i < results.count; i++)
		if (is_further(&results, i))
			print_refusal(out, view, &results, i);
	free(results.items);
}

static void print_warnings(FILE *out, const struct view *view)
{
	char *path = mem_format("%s/build/plain/obj/%.*s.o.log", view->catalogue->root, (int)strlen(view->file) - 2,
				view->file);
	char *words = view->compiled && !is_uncompiled(view) ? file_read(path) : NULL;

	if (words && *words) {
		fputs("\nThe compiler warns:\n", out);
		lines_print_clean(out, words);
	}
	free(words);
	free(path);
}

void page_findings(FILE *out, const struct view *view)
{
	struct results results = results_of(view);
	size_t first = first_refusal(&results), shown = first;

	if (first < results.count) {
		print_refusal(out, view, &results, first);
		if (!results.items[first].bad_input)
			contract_print(out, view->catalogue, &results.items[first]);
		/* A test says what is wrong; where in the source, the first detector does. */
		shown = results.items[first].detector->tests ? next_further(&results, first) : first;
		if (shown != first && shown < results.count)
			print_refusal(out, view, &results, shown);
	}
	if (next_further(&results, shown) < results.count)
		fputs("\nm shows what the others say that refuse it.\n", out);
	print_warnings(out, view);
	free(results.items);
}

/* --- texts of the exercise --- */

char *page_readme(const struct view *view, char **path)
{
	*path = mem_format("exercises/%s/README.md", view->pitfall);
	char *full = mem_format("%s/%s", view->catalogue->root, *path), *text = file_read(full);

	free(full);
	return text;
}

/* False when the text has no such section. */
static bool print_section(FILE *out, const struct view *view, const char *name)
{
	char *path, *text = page_readme(view, &path);
	char *section = text ? answers_section(text, name) : NULL;

	if (section) {
		char *words = prose_of(path, section);
		const char *start = words + strspn(words, "\n");
		lines_print_clean(out, start);
		free(words);
	}
	bool found = section;
	free(section);
	free(text);
	free(path);
	return found;
}

void page_next(FILE *out, const struct view *view)
{
	putc('\n', out);
	if (!catalogue_program(view->catalogue, view->pitfall, "solution")) {
		fputs("This workbook has no solutions to compare with. Nothing goes on by itself: n is the next exercise.\n",
		      out);
		return;
	}
	heading(out, view, "What to read now");
	if (!print_section(out, view, "When it passes"))
		fprintf(out, "solutions/%s/, with its other right designs and the wrong ones.\n", view->pitfall);
	fputs("\nNothing goes on by itself: n is the next exercise, s shows the solution.\n", out);
}

void page_hints(FILE *out, const struct view *view, int level)
{
	for (int i = 1; i <= level; i++) {
		char *name = mem_format("Hint %d", i);
		heading(out, view, name);
		print_section(out, view, name);
		putc('\n', out);
		free(name);
	}
}

/* --- panels --- */

static void print_written(FILE *out, const struct view *view, const char *title, const char *text)
{
	heading(out, view, title);
	if (text && *text) {
		lines_print_clean(out, text);
		fputs(text[strlen(text) - 1] == '\n' ? "\n" : "\n\n", out);
	} else {
		fputs("(nothing)\n\n", out);
	}
}

void page_output(FILE *out, const struct view *view)
{
	const struct result *result = NULL;

	for (size_t i = 0; i < view->count; i++)
		if (view->detectors[i]->tests)
			result = view->results[i];
	if (!result || result->bad_input) {
		fputs("The tests have not run yet.\n", out);
		return;
	}
	if (result->seen.said)
		print_written(out, view, "What the tests say", result->seen.said);
	print_written(out, view, "On its standard error", result->seen.errors);
	print_written(out, view, "On its standard output", result->seen.output);
}

void page_diff(FILE *out, const struct view *view, const char *start, const char *now)
{
	char *lines = docs_diff(start, now);

	if (!*lines)
		fputs("Nothing is changed yet.\n", out);
	else
		fprintf(out, "--- as it began\n+++ %s\n", view->file);
	lines_print_clean(out, lines);
	free(lines);
}

void page_solution(FILE *out, const struct view *view)
{
	const struct program *solution = catalogue_program(view->catalogue, view->pitfall, "solution");

	if (!solution) {
		fputs("This exercise has no solution here.\n", out);
		return;
	}
	heading(out, view, solution->path);
	lines_print_clean(out, solution->source);
}

/* Calls for nothing but counting when `out` is NULL; the pitfall of number `chosen` goes to *found. */
static size_t list(FILE *out, const struct view *view, const char *search, size_t chosen, const char **found)
{
	const struct catalogue *catalogue = view->catalogue;
	size_t count = 0;

	for (size_t i = 0; i < catalogue->pitfall_count; i++) {
		const char *pitfall = catalogue->pitfalls[i];
		if (!has_exercise(catalogue, i) || !strstr(pitfall, search))
			continue;
		struct standing standing = reader_standing(view->reader, pitfall);
		bool here = strcmp(pitfall, view->pitfall) == 0;
		if (count == chosen && found)
			*found = pitfall;
		if (out)
			fprintf(out, "%s %-48s %s%s\n", count == chosen ? ">" : " ", pitfall,
				standing.passed	  ? "passed"
				: standing.opened ? "begun"
						  : "",
				here ? "  (here)" : "");
		count++;
	}
	return count;
}

size_t page_list(FILE *out, const struct view *view, const char *search, size_t chosen)
{
	return list(out, view, search, chosen, NULL);
}

const char *page_listed(const struct view *view, const char *search, size_t chosen)
{
	const char *found = NULL;

	list(NULL, view, search, chosen, &found);
	return found;
}
