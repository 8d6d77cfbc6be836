/*
 * The verdict on a program in one sentence: what a reader is told first. It
 * names who does what to whom where the detectors know it, and who sees it.
 */
#include "sentence.h"

#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "verdict/detector.h"

static const char *number_word(size_t number)
{
	static const char *const words[] = {"no",   "one", "two",   "three", "four",
					    "five", "six", "seven", "eight", "nine"};

	return number < sizeof words / sizeof *words ? words[number] : "many";
}

/* --- who does what --- */

enum verb { DOES_NOTHING, READS, WRITES, FREES };

struct act {
	char *who; /* "main thread", "thread reader", "evict()" */
	enum verb verb;
};

static const char *const verbs[] = {[READS] = "reads", [WRITES] = "writes", [FREES] = "frees"};

static bool calls_free(const struct stack *stack)
{
	struct shown shown = stack_shown(stack);
	char *name = shown.count && !shown.items[0]->own ? frame_name(shown.items[0]) : NULL;
	bool is_free = name && (strcmp(name, "free") == 0 || strcmp(name, "realloc") == 0);

	free(name);
	free(shown.items);
	return is_free;
}

static bool mentions(const char *text, const char *word)
{
	return strstr(text, word) != NULL;
}

static enum verb verb_of(const struct stack *stack)
{
	char *role = mem_copy(stack->role ? stack->role : "");
	enum verb verb = DOES_NOTHING;

	for (char *at = role; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	if (mentions(role, "free'd") || mentions(role, "freed by") || calls_free(stack))
		verb = FREES;
	else if (mentions(role, "write of") || mentions(role, "write by") || mentions(role, "store by"))
		verb = WRITES;
	else if (mentions(role, "read of") || mentions(role, "read by") || mentions(role, "load by"))
		verb = READS;
	free(role);
	return verb;
}

/* "thread evict_loop" of "Read of size 4 by thread evict_loop"; else the function of the access. For the caller to free. */
static char *who_of(const struct stack *stack)
{
	const char *by = stack->role ? strstr(stack->role, " by ") : NULL;
	const struct frame *place = stack_place(stack);

	if (by && (strstr(by, "thread"))) {
		by += strlen(" by ");
		size_t length = strcspn(by, ":.,");
		const char *size = strstr(by, " size ");
		if (size && (size_t)(size - by) < length)
			length = (size_t)(size - by);
		return mem_copy_n(by, length);
	}
	return place ? mem_format("%s()", place->function) : NULL;
}

static bool act_of(const struct stack *stack, struct act *act)
{
	*act = (struct act){.verb = verb_of(stack)};
	if (act->verb != DOES_NOTHING)
		act->who = who_of(stack);
	return act->who != NULL;
}

/* The two acts that meet; the second has no verb when the detector does not know it. */
static bool acts_of(const struct finding *finding, struct act acts[2])
{
	acts[0] = acts[1] = (struct act){0};
	for (size_t i = 0, found = 0; i < finding->stack_count && found < 2; i++)
		if (stack_is_of_fault(finding, i) && act_of(&finding->stacks[i], &acts[found]))
			found++;
	return acts[0].who;
}

/* ": main thread frees what thread reader still reads"; for the caller to free. */
static char *meeting(const struct finding *finding, const struct act acts[2])
{
	const struct act *one = &acts[0], *other = &acts[1];
	char *about = finding_subject(finding), *words;

	if (!other->who)
		words = mem_format("%s: %s %s what another thread %s, and nothing orders the two", about, one->who,
				   verbs[one->verb], one->verb == WRITES ? "uses" : "changes");
	else if (one->verb == FREES || other->verb == FREES)
		words = mem_format("%s: %s frees what %s still %s", about, one->verb == FREES ? one->who : other->who,
				   one->verb == FREES ? other->who : one->who,
				   verbs[one->verb == FREES ? other->verb : one->verb]);
	else if (*about)
		words = mem_format("%s: %s %s it, %s %s it, and nothing orders the two", about, one->who,
				   verbs[one->verb], other->who, verbs[other->verb]);
	else
		words = mem_format(": %s %s what %s %s, and nothing orders the two", one->who, verbs[one->verb],
				   other->who, verbs[other->verb]);
	free(about);
	return words;
}

static bool frees(const struct act acts[2])
{
	return acts[0].verb == FREES || acts[1].verb == FREES;
}

/* "'threads <= 20' does not hold: 21 against 20": "The budget does not hold: 'threads <= 20', with 21 against 20". */
static char *broken_bound(const struct finding *finding)
{
	static const char mark[] = " does not hold: ";
	const char *at = finding->words ? strstr(finding->words, mark) : NULL;

	if (!at)
		return mem_format("The budget does not hold: %s", finding->words ? finding->words : finding->kind);
	return mem_format("The budget does not hold: %.*s, with %s", (int)(at - finding->words), finding->words,
			  at + strlen(mark));
}

char *fault_words(const struct page *page, const struct finding *finding)
{
	const struct sort *sort = sort_of(finding->kind);
	struct act acts[2];
	char *words;

	if (page->result->detector->bounded)
		return broken_bound(finding);
	bool met = sort->family == FAMILY_ACCESS && acts_of(finding, acts);
	if (met && (acts[1].who || page->result->detector->races)) {
		bool freed = frees(acts) && !page->result->detector->races;
		char *how = meeting(finding, acts);
		words = mem_format("%s%s", freed ? "A use of freed memory" : sort->noun, how);
		free(how);
	} else {
		char *where = finding->file ? place_for_people(page, finding->file, finding->line) : NULL;
		words = mem_format("%s, in %s%s%s%s", sort->noun ? sort->noun : finding->kind, finding->function,
				   where ? " (" : "", where ? where : "", where ? ")" : "");
		free(where);
	}
	if (met) {
		free(acts[0].who);
		free(acts[1].who);
	}
	return words;
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
		const char *its = finding ? doubt_about(groups->results->items[i].detector, finding) : NULL;
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
	return (struct page){.root = telling->root, .result = &telling->results->items[index], .index = index};
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

/* --- how it ended --- */

/* The first run that did not end by itself, one that knows where its threads stood before others; NULL: none. */
static const struct result *badly_ended(const struct results *results)
{
	const struct result *found = NULL;

	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		bool bad = result->seen.ending != ENDED_BY_ITSELF && result->seen.ending != ENDED_AT_A_CALL &&
			   result->seen.fault == FAULT_PROGRAM;
		if (bad && (!found || (!found->seen.standing_count && result->seen.standing_count &&
				       found->seen.ending == result->seen.ending)))
			found = result;
	}
	return found;
}

/* "in reader (prog.c:19)"; "" when nobody knows. For the caller to free. */
static char *where_it_stood(const struct page *page)
{
	const struct observation *seen = &page->result->seen;
	const struct frame *place = seen->standing_count ? stack_place(&seen->standing[0]) : NULL;

	if (!place || !place->file)
		return mem_copy("");
	char *where = place_for_people(page, place->file, place->line);
	char *words = mem_format(" in %s (%s)", place->function, where);
	free(where);
	return words;
}

static char *uncapitalized(const char *text)
{
	char *copy = mem_copy(text);

	*copy = (char)tolower((unsigned char)*copy);
	return copy;
}

/* "main thread waits for thread up to end": of those that wait, the two that say most. */
static void say_who_waits(FILE *out, const struct observation *seen)
{
	size_t said = 0;

	for (int holders = 1; holders >= 0; holders--)
		for (size_t i = 0; i < seen->standing_count && said < 2; i++) {
			bool held = mentions(seen->standing[i].role, ", which ");
			if (held != holders || !mentions(seen->standing[i].role, " waits ") ||
			    (i && strcmp(seen->standing[i].role, seen->standing[i - 1].role) == 0))
				continue;
			char *role = uncapitalized(seen->standing[i].role);
			fprintf(out, "%s%s", said++ ? "; " : ": ", role);
			free(role);
		}
}

/*
 * A tool that looks at locks reports, when the program is ended, that a thread
 * ends which still holds one: where a deadlock is, that says nothing new.
 */
static bool is_where_it_stood(const struct observation *seen, const struct finding *finding)
{
	const struct frame *place = finding->stack_count ? stack_place(&finding->stacks[0]) : NULL;
	bool stood = false;

	for (size_t i = 0; i < seen->standing_count && place && seen->ending != ENDED_BY_SIGNAL; i++) {
		const struct frame *other = stack_place(&seen->standing[i]);
		stood = stood || (other && other->file && place->file && other->line == place->line &&
				  strcmp(other->file, place->file) == 0);
	}
	return stood;
}

static void say_end(struct telling *telling, const struct result *result)
{
	const struct page page = page_of(telling, (size_t)(result - telling->results->items));
	const struct observation *seen = &result->seen;
	/* "it was killed by signal 11 (SIGSEGV, Segmentation fault)" */
	const char *name = seen->why ? strchr(seen->why, '(') : NULL;
	char *where = where_it_stood(&page);

	switch (seen->ending) {
	case ENDED_BY_SIGNAL:
		if (seen->signal == SIGABRT)
			fprintf(telling->out, "It aborts%s", where);
		else
			fprintf(telling->out, "It crashes with %.*s%s", name ? (int)strcspn(name + 1, ",)") : 8,
				name ? name + 1 : "a signal", where);
		break;
	case ENDED_DEADLOCKED:
		fputs("It hangs in a deadlock", telling->out);
		say_who_waits(telling->out, seen);
		break;
	case ENDED_IDLE:
		fputs("It hangs, and waits for something from outside that does not come", telling->out);
		break;
	case ENDED_LATE:
		fputs("It does not end in time", telling->out);
		say_who_waits(telling->out, seen);
		break;
	case ENDED_REPLACED:
		fputs("It becomes another program by exec(), which nobody watches", telling->out);
		break;
	case ENDED_FLOODING:
		fputs("It prints without end", telling->out);
		break;
	default:
		fprintf(telling->out, "It cannot be judged: %s", seen->why ? seen->why : "");
		break;
	}
	free(where);
}

/* --- tests --- */

static size_t count_names(const char *list)
{
	size_t count = list && *list ? 1 : 0;

	for (; list && *list; list++)
		count += *list == ',';
	return count;
}

/* What the test of this name says for itself: the rest of its line. For the caller to free; NULL when nothing. */
static char *said_by(const struct observation *seen, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = seen->said; line && *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, name, length) == 0 && strncmp(line + length, ": ", 2) == 0)
			return mem_copy_n(line + length + 2, strcspn(line + length + 2, "\n"));
	return NULL;
}

/* "suite::test crashed", as the runner of tests says it. */
static bool is_of_runner(const char *line)
{
	size_t name = strcspn(line, " \n"), length = strcspn(line, "\n");
	const char *mark = strstr(line, "::");

	return mark && mark < line + name && length > name &&
	       (strncmp(line + name, " crashed", 8) == 0 || strncmp(line + name, " timed out", 10) == 0);
}

/* Criterion's own lines begin with its marks. */
static bool is_of_criterion(const char *line)
{
	static const char *const marks[] = {"[====]", "[----]", "[RUN ]", "[PASS]", "[FAIL]",
					    "[SKIP]", "[ERR ]", "[\033[", "\033["};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (strncmp(line, marks[i], strlen(marks[i])) == 0)
			return true;
	return is_of_runner(line);
}

char *last_words_of_tests(const struct observation *seen)
{
	const char *found = NULL;

	for (const char *line = seen->errors; line && *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (*line != '\n' && !is_of_criterion(line))
			found = line;
	return found ? mem_copy_n(found, strcspn(found, "\n")) : NULL;
}

/* The result in which a test stood still and was ended; NULL when there is none. */
static const struct result *hung_test(const struct results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		const struct observation *seen = &results->items[i].seen;
		if (seen->failed && seen->hung && seen->standing_count)
			return &results->items[i];
	}
	/* Under a simulator nobody knows where it stands. */
	for (size_t i = 0; i < results->count; i++)
		if (results->items[i].seen.failed && results->items[i].seen.hung)
			return &results->items[i];
	return NULL;
}

/* A CHECK names its file from the workbook on; here it is the file that the reader works on. */
static const char *in_its_folder(const struct result *result, const char *words)
{
	const char *path = result->program->path;
	size_t folder = (size_t)(base_name(path) - path);

	return folder && strncmp(words, path, folder) == 0 ? words + folder : words;
}

static void say_failed_test(struct telling *telling, const struct result *result)
{
	const struct observation *seen = &result->seen;
	size_t failed = count_names(seen->failed);
	const struct result *hung = hung_test(telling->results);
	char *said = failed == 1 ? said_by(seen, seen->failed) : NULL;
	char *last = seen->said ? NULL : last_words_of_tests(seen);
	const char *words = said ? said : last ? in_its_folder(result, last) : "";

	if (failed == 1 && hung && !said) {
		fprintf(telling->out, "The test %s hangs", seen->failed);
		say_who_waits(telling->out, &hung->seen);
	} else if (failed > 1 && hung) {
		fprintf(telling->out, "%zu of %d tests fail (%s), and %s hang%s", failed, seen->tests, seen->failed,
			number_word((size_t)hung->seen.hung), hung->seen.hung == 1 ? "s" : "");
		say_who_waits(telling->out, &hung->seen);
	} else if (failed == 1) {
		fprintf(telling->out, "The test %s %s%s%s", seen->failed, said ? "fails" : "does not come to its end",
			*words ? ": " : "", words);
	} else {
		fprintf(telling->out, "%zu of %d tests fail: %s%s%s", failed, seen->tests, seen->failed,
			*words ? "; the last says: " : "", words);
	}
	free(said);
	free(last);
}

const struct result *failed_test(const struct results *results)
{
	for (size_t i = 0; i < results->count; i++)
		if (result_is_test(&results->items[i]) && results->items[i].seen.failed)
			return &results->items[i];
	for (size_t i = 0; i < results->count; i++)
		if (results->items[i].seen.failed)
			return &results->items[i];
	return NULL;
}

static bool plain_tests_pass(const struct results *results)
{
	for (size_t i = 0; i < results->count; i++)
		if (result_is_test(&results->items[i]))
			return results->items[i].verdict.observed == OBSERVED_PASSES;
	return false;
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
		say_failed_test(telling, test);
	} else if (bad) {
		say_end(telling, bad);
	}
	if (found) {
		fputs(test ? ". " : bad ? "; before that, " : "", telling->out);
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

	if (results->count) {
		say_all(&telling);
	}
	free(telling.marked);
	char *sentence = text_close(&text);
	const char *before = results->count ? against_declaration(results) : "";
	if (!*before)
		return sentence;
	/* In the middle of a sentence. A name keeps its capital. */
	char *words = strchr("AI", *sentence) ? uncapitalized(sentence) : mem_copy(sentence);
	char *whole = mem_format("%s%s", before, words);
	free(words);
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
