/*
 * The verdict on a program in one sentence: what a reader is told first. It
 * names who does what to whom where the detectors know it, and who sees it.
 */
#include "sentence.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "verdict/detector.h"

const char *number_word(size_t number)
{
	static const char *const words[] = {"no",   "one", "two",   "three", "four",
					    "five", "six", "seven", "eight", "nine"};

	return number < sizeof words / sizeof *words ? words[number] : "many";
}

/* --- who sees it --- */

/* "ThreadSanitizer, Helgrind and DRD" of the results that are marked; for the caller to free. */
static char *titles(const struct results *results, const bool *marked)
{
	size_t count = 0, done = 0;
	struct text text;
	FILE *out = text_open(&text);

	for (size_t i = 0; i < results->count; i++)
		count += marked[i];
	for (size_t i = 0; i < results->count; i++)
		if (marked[i]) {
			fprintf(out, "%s%s",
				done == 0	    ? ""
				: done + 1 == count ? " and "
						    : ", ",
				title_of(results->items[i].detector));
			done++;
		}
	return text_close(&text);
}

static size_t count_marked(const struct results *results, const bool *marked)
{
	size_t count = 0;

	for (size_t i = 0; i < results->count; i++)
		count += marked[i];
	return count;
}

/* The finding of the group in this result; NULL when there is none. */
static const struct finding *finding_in(const struct groups *groups, size_t group, size_t result)
{
	const struct findings *all = &groups->results->items[result].seen.findings;

	for (size_t j = 0; j < all->count; j++)
		if (groups->of[result][j] == group)
			return &all->items[j];
	return NULL;
}

/* What the detectors that report it do not know of what the program uses; NULL when one of them knows all. */
static const char *doubt_of(const struct groups *groups, size_t group)
{
	const char *doubt = NULL;

	for (size_t i = 0; i < groups->results->count; i++) {
		const struct finding *finding = finding_in(groups, group, i);
		const char *its = finding ? doubt_about(&groups->results->items[i], finding) : NULL;
		if (finding && !its)
			return NULL;
		doubt = doubt ? doubt : its;
	}
	return doubt;
}

static bool group_is_declared_wrong(const struct groups *groups, size_t group)
{
	for (size_t i = 0; i < groups->results->count; i++) {
		const struct result *result = &groups->results->items[i];
		if (group_has(groups, group, i) &&
		    !(result->expected && result->expected->word == WORD_FALSE_ALARM && result->verdict.agrees))
			return false;
	}
	return true;
}

/* --- which of several --- */

/* True when the program was killed at a line of the group's. */
static bool is_where_it_crashed(const struct groups *groups, size_t group)
{
	const struct finding *finding = group_finding(groups, group);

	for (size_t i = 0; i < groups->results->count; i++) {
		const struct observation *seen = &groups->results->items[i].seen;
		const struct frame *place = seen->ending == ENDED_BY_SIGNAL && seen->standing_count
						    ? stack_place(&seen->standing[0])
						    : NULL;
		for (size_t j = 0; place && place->file && j < finding->stack_count; j++) {
			const struct frame *other = stack_place(&finding->stacks[j]);
			if (other && other->file && other->line == place->line && strcmp(other->file, place->file) == 0)
				return true;
		}
	}
	return false;
}

static bool is_the_crash(const struct groups *groups, size_t group)
{
	return is_at_null(group_finding(groups, group)) && is_where_it_crashed(groups, group);
}

static long weight(const struct groups *groups, size_t group)
{
	const struct finding *finding = group_finding(groups, group);
	const struct result *result = &groups->results->items[groups->items[group].result];
	enum rank rank = result->detector->bounded ? RANK_BUDGET : sort_of(finding->kind)->rank;
	long reporters = 0;

	for (size_t i = 0; i < groups->results->count; i++)
		reporters += group_has(groups, group, i);
	if (doubt_of(groups, group))
		rank = RANK_ALLOWED;
	return (is_where_it_crashed(groups, group) ? 0 : 1000) + 100 * (long)rank - reporters;
}

size_t group_to_lead(const struct groups *groups)
{
	size_t best = groups->count;
	long least = 0;

	for (size_t i = 0; i < groups->count; i++) {
		long its = weight(groups, i);
		if (best == groups->count || its < least) {
			best = i;
			least = its;
		}
	}
	return best;
}

/* --- the sentence --- */

struct telling {
	FILE *out;
	const char *root;
	const struct results *results;
	const struct groups *groups;
	bool *marked; /* room for one mark per result */
	size_t lead;  /* group; their number when there is none */
};

static struct page page_of(const struct telling *telling, size_t index)
{
	return (struct page){
		.out = telling->out, .root = telling->root, .result = &telling->results->items[index], .index = index};
}

/* The results of detectors, and in how many of them. */
static size_t mark(struct telling *telling, bool (*fits)(const struct result *result))
{
	for (size_t i = 0; i < telling->results->count; i++) {
		const struct result *result = &telling->results->items[i];
		telling->marked[i] = !result_is_test(result) && fits(result);
	}
	return count_marked(telling->results, telling->marked);
}

static bool looks_for_races_in_vain(const struct result *result)
{
	return result->detector->races && result->verdict.observed == OBSERVED_SILENT;
}

/* The silence of one that knows what the others do not. */
static void say_who_decides(struct telling *telling)
{
	size_t silent = mark(telling, looks_for_races_in_vain);
	char *who = titles(telling->results, telling->marked);

	if (silent)
		fprintf(telling->out, "; %s %s silent", who, silent == 1 ? "is" : "are");
	free(who);
}

static void say_fault(struct telling *telling, bool goes_on)
{
	const struct groups *groups = telling->groups;
	const struct page page = page_of(telling, groups->items[telling->lead].result);
	char *words = fault_words(&page, group_finding(groups, telling->lead));
	const char *doubt = doubt_of(groups, telling->lead);
	/* The place has been said. */
	char *place = goes_on && is_the_crash(groups, telling->lead) ? strstr(words, ", in ") : NULL;
	if (place)
		*place = '\0';
	bool wrong = group_is_declared_wrong(groups, telling->lead);

	for (size_t i = 0; i < telling->results->count; i++)
		telling->marked[i] = group_has(groups, telling->lead, i);
	char *who = titles(telling->results, telling->marked);
	bool one = count_marked(telling->results, telling->marked) == 1;
	if (wrong || doubt || goes_on)
		*words = (char)tolower((unsigned char)*words);
	if (wrong)
		fprintf(telling->out, "a false alarm: %s; %s %s it", words, who, one ? "reports" : "report");
	else if (doubt)
		fprintf(telling->out, "%s %s; %s %s it, and %s not know %s", goes_on ? "perhaps" : "Perhaps", words,
			who, one ? "reports" : "report", one ? "does" : "do", doubt);
	else if (page.result->detector->bounded && one)
		fputs(words, telling->out);
	else
		fprintf(telling->out, "%s; %s %s it", words, who, one ? "sees" : "see");
	if (doubt && !wrong)
		say_who_decides(telling);
	free(who);
	free(words);
}

static bool is_silent(const struct result *result)
{
	return result->verdict.observed == OBSERVED_SILENT;
}

static bool is_cut(const struct result *result)
{
	return result->verdict.observed == OBSERVED_CUT;
}

static bool is_unfit(const struct result *result)
{
	return result->verdict.observed == OBSERVED_ERROR && result->seen.fault == FAULT_UNFIT;
}

static bool is_error(const struct result *result)
{
	return result->verdict.observed == OBSERVED_ERROR && result->seen.fault != FAULT_UNFIT;
}

static bool is_any(const struct result *result)
{
	(void)result;
	return true;
}

/* "All five detectors are silent", "DRD is silent"; capital when it begins the sentence. False: none is. */
static bool say_silence(struct telling *telling, bool begins)
{
	size_t all = mark(telling, is_any), silent = mark(telling, is_silent);
	char *who = titles(telling->results, telling->marked);

	if (silent > 1 && silent == all)
		fprintf(telling->out, "%s %s detectors are silent", begins ? "All" : "all", number_word(all));
	else if (silent)
		fprintf(telling->out, "%s %s silent", who, silent == 1 ? "is" : "are");
	free(who);
	return silent;
}

/* --- what is left --- */

static long long figure(const struct results *results, const char *name)
{
	for (size_t i = 0; i < results->count; i++)
		if (results->items[i].seen.measured)
			return json_integer_value(json_object_get(results->items[i].seen.measured, name));
	return 0;
}

/* Threads that were left are told where no bound speaks of them. */
static bool say_left_threads(struct telling *telling)
{
	const struct program *program = telling->results->items[0].program;
	long long running = figure(telling->results, "threads_at_exit") - 1;
	long long unjoined = figure(telling->results, "threads_unjoined_at_exit");

	if (program->declared || (running <= 0 && unjoined <= 0))
		return false;
	if (unjoined > 0)
		fprintf(telling->out, ", but %lld thread%s ended and nobody joined %s", unjoined,
			unjoined == 1 ? "" : "s", unjoined == 1 ? "it" : "them");
	if (running > 0)
		fprintf(telling->out, "%s %lld thread%s still ran at its end", unjoined > 0 ? ", and" : ", but",
			running, running == 1 ? "" : "s");
	return true;
}

static int bad_status(const struct results *results)
{
	for (size_t i = 0; i < results->count; i++)
		if (results->items[i].seen.status && !results->items[i].program->declared)
			return results->items[i].seen.status;
	return 0;
}

static char *last_line_of(const char *text)
{
	const char *found = NULL;

	for (const char *line = text; line && *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (*line != '\n')
			found = line;
	return found ? mem_copy_n(found, strcspn(found, "\n")) : NULL;
}

static void say_nothing_found(struct telling *telling)
{
	const struct results *results = telling->results;
	const struct result *test = NULL;
	int status = bad_status(results);

	for (size_t i = 0; i < results->count; i++)
		if (result_is_test(&results->items[i]) && results->items[i].verdict.observed == OBSERVED_PASSES)
			test = &results->items[i];
	if (test && test->seen.tests == 1)
		fprintf(telling->out, "The test passes%s", results->count > 1 ? " and " : "");
	else if (test)
		fprintf(telling->out, "All %d tests pass%s", test->seen.tests, results->count > 1 ? " and " : "");
	bool any = say_silence(telling, !test);
	if (status) {
		char *last = last_line_of(results->items[0].seen.errors);
		fprintf(telling->out, ", but the program ended with status %d%s%s", status, last ? ": " : "",
			last ? last : "");
		free(last);
	} else {
		say_left_threads(telling);
	}
	if (any && blindness_of(results))
		fprintf(telling->out, "; %s", blindness_of(results));
	size_t unfit = mark(telling, is_unfit);
	char *who = titles(results, telling->marked);
	if (unfit)
		fprintf(telling->out, "%s%s cannot judge this program", any ? "; " : "", who);
	free(who);
	size_t errors = mark(telling, is_error), i = 0;
	who = titles(results, telling->marked);
	while (errors && !telling->marked[i])
		i++;
	if (errors)
		fprintf(telling->out, "%s%s could not judge it: %s", any || unfit ? "; " : "", who,
			results->items[i].verdict.why);
	free(who);
	size_t cut = mark(telling, is_cut);
	who = titles(results, telling->marked);
	if (cut && !any && !unfit && !errors)
		fprintf(telling->out, "%s saw nothing until it ended", who);
	free(who);
}

/* --- all --- */

static bool plain_tests_pass(const struct results *results)
{
	for (size_t i = 0; i < results->count; i++)
		if (result_is_test(&results->items[i]))
			return results->items[i].verdict.observed == OBSERVED_PASSES;
	return false;
}

static bool ends_by_itself(const struct result *result)
{
	return !ends_badly(result) && result->seen.fault == FAULT_NONE;
}

/* Who has seen the end is named where others have seen another: Valgrind is slow, and a crash may need luck. */
static void say_bad_end(struct telling *telling, const struct result *bad)
{
	const struct page page = page_of(telling, (size_t)(bad - telling->results->items));
	bool well = mark(telling, ends_by_itself) > 0;

	mark(telling, ends_badly);
	char *who = titles(telling->results, telling->marked);
	if (well)
		fprintf(telling->out, "Under %s it ", who);
	else
		fputs("It ", telling->out);
	free(who);
	say_end(&page);
}

static void say_all(struct telling *telling)
{
	const struct result *test = failed_test(telling->results), *bad = badly_ended(telling->results);
	const struct result *hung = hung_test(telling->results);
	bool found = telling->lead < telling->groups->count &&
		     !(bad && is_where_it_stood(&bad->seen, group_finding(telling->groups, telling->lead))) &&
		     !(test && hung && is_where_it_stood(&hung->seen, group_finding(telling->groups, telling->lead)));

	if (test) {
		if (!result_is_test(test) && plain_tests_pass(telling->results))
			fprintf(telling->out,
				"All tests pass by themselves, but not under %s: ", title_of(test->detector));
		say_failed_test(telling->out, telling->results, test);
	} else if (bad) {
		say_bad_end(telling, bad);
	}
	if (found) {
		bool is_crash = is_the_crash(telling->groups, telling->lead);
		fputs(test ? ". " : !bad ? "" : is_crash ? ", by " : "; before that, ", telling->out);
		say_fault(telling, !test && bad);
	} else if (!test && !bad) {
		say_nothing_found(telling);
	}
	size_t others = telling->groups->count - 1;
	if (found && others)
		fprintf(telling->out, ". %zu more finding%s follow%s", others, others == 1 ? "" : "s",
			others == 1 ? "s" : "");
	putc('.', telling->out);
}

/* Of a program that declares what will be seen: whether that came. */
static const char *against_declaration(const struct results *results)
{
	bool agree = true;

	for (size_t i = 0; i < results->count; i++) {
		if (!results->items[i].expected || results->items[i].program->submission)
			return "";
		agree = agree && results->items[i].verdict.agrees;
	}
	return agree ? "As declared: " : "Not as declared: ";
}

char *verdict_sentence(const char *root, const struct results *results, const struct groups *groups)
{
	struct text text;
	struct telling telling = {.out = text_open(&text),
				  .root = root,
				  .results = results,
				  .groups = groups,
				  .marked = mem_zeroed(results->count + 1, sizeof *telling.marked),
				  .lead = group_to_lead(groups)};

	if (results->count)
		say_all(&telling);
	free(telling.marked);
	char *sentence = text_close(&text);
	const char *before = results->count ? against_declaration(results) : "";
	if (!*before)
		return sentence;
	/* In the middle of a sentence. A name keeps its capital. */
	if (strchr("AI", *sentence))
		*sentence = (char)tolower((unsigned char)*sentence);
	char *whole = mem_format("%s%s", before, sentence);
	free(sentence);
	return whole;
}

char *report_sentence(const char *root, const struct results *results)
{
	struct groups groups;

	groups_init(&groups, results);
	char *sentence = verdict_sentence(root, results, &groups);
	groups_release(&groups);
	return sentence;
}
