/* Results in words: what was declared and seen, and what disagrees. */
#include "sentence.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "verdict/detector.h"

/* "data-race in evict, thread-leak in main", or the failed tests. Owned by the caller. */
static char *places_seen(const struct result *result)
{
	const struct findings *all = &result->seen.findings;
	struct text text;

	if (result_is_test(result))
		return mem_copy(result->seen.failed ? result->seen.failed : "");
	FILE *list = text_open(&text);
	for (size_t i = 0; i < all->count; i++)
		if (!finding_repeats(all, i))
			fprintf(list, "%s%s in %s", i ? ", " : "", all->items[i].kind, all->items[i].function);
	return text_close(&text);
}

/* What the failed tests say for themselves. */
void print_said(const struct page *page)
{
	const char *line = page->result->seen.said;

	while (line && *line) {
		size_t length = strcspn(line, "\n");
		char *one = mem_copy_n(line, length);
		print_wrapped(page->out, page->style, 2, one);
		free(one);
		line += length + (line[length] == '\n');
	}
}

/* What stopped a test at a CHECK stands there. The sentence of a verdict has it if there is nothing else to say. */
static void print_last_words(const struct page *page)
{
	const struct observation *seen = &page->result->seen;
	char *last = page->told && (seen->said || strchr(seen->failed, ',')) ? last_words_of_tests(seen) : NULL;

	if (last) {
		char *line = mem_format("Last on its standard error: %s", last);
		print_wrapped(page->out, page->style, 2, line);
		free(line);
	}
	free(last);
}

/* ", as declared" and the like, for the caller to free. */
static char *against_declaration(const struct result *result)
{
	const struct expectation *expected = result->expected;
	bool agrees = result->verdict.agrees;

	if (!expected)
		return mem_copy("");
	if (result->program->submission)
		return mem_copy(agrees				? ", as it must be"
				: expected->word == WORD_PASSES ? ", but must pass"
								: ", but must be silent");
	if (agrees && expected->word != WORD_BLIND && expected->word != WORD_FALSE_ALARM)
		return mem_copy(", as declared");
	return mem_format(", declared %s", word_name(expected->word));
}

/* True when the text was told last, of another result; and from now on it has been. */
static bool is_old(const struct page *page, const char **last, const char *text)
{
	bool old = page->told && *last && text && strcmp(*last, text) == 0;

	if (page->told && text)
		*last = text;
	return old;
}

/* What is the matter with the result, where that was not told of the one before. */
static void print_why(const struct page *page)
{
	const struct result *result = page->result;
	const struct verdict *verdict = &result->verdict;
	const struct expectation *expected = result->expected;
	const char *unused = NULL;

	/* Under each detector the same tests fail. */
	if (result->seen.failed && is_old(page, page->told ? &page->told->failed : &unused, result->seen.failed))
		return;
	if (verdict->why && !result->bad_input) {
		if (!is_old(page, page->told ? &page->told->why : &unused, verdict->why))
			print_wrapped(page->out, page->style, 2, verdict->why);
	} else if (expected && expected->why) {
		print_wrapped(page->out, page->style, 2, expected->why);
	}
	if (result_is_test(result) && result->seen.failed && verdict->agrees) {
		char *failed = mem_format("these tests fail: %s", result->seen.failed);
		print_wrapped(page->out, page->style, 2, failed);
		free(failed);
	}
	/* Under a detector a right program's tests must pass, too. */
	if (result_is_test(result) || (!verdict->agrees && result->seen.failed))
		print_said(page);
	if (result->seen.failed)
		print_last_words(page);
}

/* What only late threads have shown has another cause than luck: how it comes that it did not show at once. */
static void print_delays(const struct page *page)
{
	const struct result *result = page->result;

	if (result->delays && result->runs > 1 && result->fired && result->fired < result->runs)
		print_wrapped(
			page->out, page->style, 2,
			"In the runs after the first, threads start, lock, wake up and end late, by chance. Nothing "
			"that a right program promises rests on which of them is first.");
}

/* "tsan: fires, as declared", and why where it is needed. */
static void print_outcome(const struct page *page)
{
	const struct result *result = page->result;
	const struct verdict *verdict = &result->verdict;
	bool error = verdict->observed == OBSERVED_ERROR;
	bool cut = verdict->observed == OBSERVED_CUT;
	enum ink colour = error || !verdict->agrees ? INK_BAD : INK_GOOD;
	char *declared = cut ? mem_copy("") : against_declaration(result);

	fprintf(page->out, "%s%s: %s%s%s", ink(page->style, colour), result->detector->name,
		result->seen.fault == FAULT_UNFIT ? "cannot judge this program"
		: error				  ? "cannot be judged"
		: cut && result->seen.failed	  ? "saw nothing until the test ended"
		: cut				  ? "saw nothing until the program ended"
						  : observed_name(verdict->observed),
		declared, ink(page->style, INK_OFF));
	if (result->runs > 1 && !error && (result->fired || !result->delays))
		fprintf(page->out, " (in %u of %u runs)", result->fired, result->runs);
	putc('\n', page->out);
	print_delays(page);
	print_why(page);
	free(declared);
}

/* The compiler's message, which stands after the first line of the fault's words. */
static void print_compiler(const struct page *page)
{
	const char *why = page->result->seen.why ? page->result->seen.why : "", *words = strchr(why, '\n');

	fprintf(page->out, "%s%s does not compile:%s\n", ink(page->style, INK_BAD), page->result->program->path,
		ink(page->style, INK_OFF));
	print_lines(page->out, 2, words ? words + 1 : why);
}

void print_result(const struct page *page)
{
	const struct observation *seen = &page->result->seen;

	if (page->result->bad_input) {
		print_compiler(page);
		return;
	}
	print_outcome(page);
	if (seen->findings.count && seen->failed && !(page->told && page->told->warned)) {
		print_wrapped(
			page->out, page->style, 2,
			"A test that fails ends at once. What it leaves behind may be its own doing: memory that is "
			"not freed, a thread that nobody joins.");
		if (page->told)
			page->told->warned = true;
	}
	bool news = print_findings(page);
	print_figures(page);
	/* The next detector's result begins with its name alone. */
	bool closed = news || seen->measured;
	if (closed)
		putc('\n', page->out);
	if (page->told)
		page->told->open = !closed;
}

void report_result(FILE *out, struct style style, const char *root, const struct result *result)
{
	print_result(&(struct page){out, style, root, result, NULL, 0});
}

/* --- disagreements --- */

static void print_headline(const struct page *page)
{
	const struct result *result = page->result;
	enum observed observed = result->verdict.observed;
	char *places = places_seen(result), *line;
	bool seen = (observed == OBSERVED_FIRES || observed == OBSERVED_FAILS) && *places;

	line = mem_format("%s %s, %s: %s%s%sseen %s%s%s", result->program->pitfall, result->program->name,
			  result->detector->name, result->expected ? "declared " : "",
			  result->expected ? word_name(result->expected->word) : "", result->expected ? ", " : "",
			  observed_name(observed), seen ? ": " : "", seen ? places : "");
	fputs(ink(page->style, INK_BAD), page->out);
	print_lines(page->out, 0, line);
	fputs(ink(page->style, INK_OFF), page->out);
	free(line);
	free(places);
}

static void print_look_again(const struct page *page)
{
	const struct program *program = page->result->program;

	fputs("Look again: ", page->out);
	if (program->role == ROLE_BROKEN || program->role == ROLE_FIXED)
		fprintf(page->out, "./loose run %s %s --detector %s\n", program->pitfall, program->name,
			page->result->detector->name);
	else
		fprintf(page->out, "./loose check %s\n", program->path);
}

/* A starter that passes is most likely one that the reader has fixed in place. */
static void print_changed_starter(const struct page *page)
{
	const struct result *result = page->result;
	enum observed observed = result->verdict.observed;
	bool refused =
		result->expected && (result->expected->word == WORD_FIRES || result->expected->word == WORD_FAILS);

	if (result->program->role != ROLE_STARTER || !refused ||
	    (observed != OBSERVED_SILENT && observed != OBSERVED_PASSES))
		return;
	char *text =
		mem_format("The starter has been changed: it no longer fails. If you have fixed it, './loose check "
			   "%s' judges it.",
			   result->program->path);
	print_wrapped(page->out, page->style, 2, text);
	free(text);
}

static void print_disagreement(const struct page *page)
{
	const struct result *result = page->result;

	print_headline(page);
	if (result->runs > 1)
		fprintf(page->out, "  In %u of %u runs it %s.\n", result->fired, result->runs,
			result_is_test(result) ? "failed" : "fired");
	if (result->verdict.why)
		print_wrapped(page->out, page->style, 2, result->verdict.why);
	print_changed_starter(page);
	print_findings(page);
	print_look_again(page);
}

/* True when this program's compiler message has been shown, for another detector. */
static bool compiler_shown(const struct results *results, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (results->items[i].bad_input && results->items[i].program == results->items[index].program)
			return true;
	return false;
}

void report_disagreements(FILE *out, struct style style, const char *root, const struct results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		struct page page = {out, style, root, result, NULL, 0};

		if (result->verdict.agrees || (result->bad_input && compiler_shown(results, i)))
			continue;
		putc('\n', out);
		if (result->bad_input)
			print_compiler(&page);
		else
			print_disagreement(&page);
	}
}
