/* The part of the sentence on a run or a test that failed: how it ended, where it stands, what it said last. */
#include "sentence.h"

#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

bool ends_badly(const struct result *result)
{
	return result->seen.ending != ENDED_BY_ITSELF && result->seen.ending != ENDED_AT_A_CALL &&
	       result->seen.fault == FAULT_PROGRAM;
}

const struct result *badly_ended(const struct results *results)
{
	const struct result *found = NULL;

	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		if (ends_badly(result) && (!found || (!found->seen.standing_count && result->seen.standing_count &&
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

/* What the thread waits for another to do, after the other's name. */
static bool is_waited_for(const char *role, const char *name, size_t length)
{
	return tolower((unsigned char)*role) == tolower((unsigned char)*name) &&
	       strncmp(role + 1, name + 1, length - 1) == 0 && strncmp(role + length, " waits ", 7) == 0;
}

/* The role of the thread that this one waits for: it holds the lock, or is to end. NULL when that one does not wait. */
static const char *whom_it_waits_for(const struct observation *seen, const char *role)
{
	const char *before = strstr(role, ", which ") ? ", which " : " waits for ";
	const char *after = *before == ',' ? " holds" : " to end";
	const char *name = strstr(role, before), *end = name ? strstr(name, after) : NULL;

	name = name ? name + strlen(before) : NULL;
	for (size_t i = 0; name && end > name && i < seen->standing_count; i++)
		if (is_waited_for(seen->standing[i].role, name, (size_t)(end - name)))
			return seen->standing[i].role;
	return NULL;
}

/* The next that waits, those first whose lock somebody holds; NULL when there is none that has another role. */
static const char *who_waits(const struct observation *seen, const char *beside)
{
	for (int holders = 1; holders >= 0; holders--)
		for (size_t i = 0; i < seen->standing_count; i++) {
			const char *role = seen->standing[i].role;
			bool held = strstr(role, ", which ") != NULL;
			if (held == holders && strstr(role, " waits ") && (!beside || strcmp(role, beside) != 0))
				return role;
		}
	return NULL;
}

/* "main thread waits for thread up to end": the one that says most, and the one that it waits for. */
static void say_who_waits(FILE *out, const struct observation *seen)
{
	const char *first = who_waits(seen, NULL), *second = first ? whom_it_waits_for(seen, first) : NULL;

	if (!first)
		return;
	second = second ? second : who_waits(seen, first);
	fprintf(out, ": %c%s", tolower((unsigned char)*first), first + 1);
	if (second && second != first)
		fprintf(out, "; %c%s", tolower((unsigned char)*second), second + 1);
}

bool is_where_it_stood(const struct observation *seen, const struct finding *finding)
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

/* The processor's answer to what the program does; other signals are sent, by itself or another. */
static bool is_of_a_fault(int number)
{
	return number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL || number == SIGTRAP ||
	       number == SIGSYS;
}

void say_end(const struct page *page)
{
	FILE *out = page->out;
	const struct observation *seen = &page->result->seen;
	/* "it was killed by signal 11 (SIGSEGV, Segmentation fault)" */
	const char *name = seen->why ? strchr(seen->why, '(') : NULL;
	char *where = where_it_stood(page);

	switch (seen->ending) {
	case ENDED_BY_SIGNAL:
		if (seen->signal == SIGABRT)
			fprintf(out, "aborts%s", where);
		else
			fprintf(out, "%s %.*s%s%s", is_of_a_fault(seen->signal) ? "crashes with" : "is killed by",
				name ? (int)strcspn(name + 1, ",)") : 8, name ? name + 1 : "a signal", where,
				seen->standing_count && strstr(seen->standing[0].role, STACK_USED_UP) ? STACK_USED_UP
												      : "");
		break;
	case ENDED_DEADLOCKED:
		fputs("hangs in a deadlock", out);
		say_who_waits(out, seen);
		break;
	case ENDED_IDLE:
		fputs("hangs, and waits for something from outside that does not come", out);
		say_who_waits(out, seen);
		break;
	case ENDED_UNSIGNALLED:
		fputs("hangs", out);
		say_who_waits(out, seen);
		fputs("; only the handler of a signal could change that", out);
		break;
	case ENDED_LATE:
		fputs("does not end in time", out);
		say_who_waits(out, seen);
		break;
	case ENDED_REPLACED:
		fputs("becomes another program by exec(), which nobody watches", out);
		break;
	case ENDED_LEAVING:
		fputs("ends, but what it has started goes on", out);
		break;
	case ENDED_FLOODING:
		fputs("prints without end", out);
		break;
	case ENDED_OUT_OF_MEMORY:
		fputs("takes more memory than it is given", out);
		break;
	default:
		fprintf(out, "cannot be judged: %s", seen->why ? seen->why : "");
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

const struct result *hung_test(const struct results *results)
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

void say_failed_test(FILE *out, const struct results *results, const struct result *result)
{
	const struct observation *seen = &result->seen;
	size_t failed = count_names(seen->failed);
	const struct result *hung = hung_test(results);
	char *said = failed == 1 ? said_by(seen, seen->failed) : NULL;
	char *last = seen->said ? NULL : last_words_of_tests(seen);
	const char *words = said ? said : last ? in_its_folder(result, last) : "";

	if (failed == 1 && hung && !said) {
		fprintf(out, "The test %s hangs", seen->failed);
		say_who_waits(out, &hung->seen);
	} else if (failed > 1 && hung) {
		fprintf(out, "%zu of %d tests fail (%s), and %s hang%s", failed, seen->tests, seen->failed,
			number_word((size_t)hung->seen.hung), hung->seen.hung == 1 ? "s" : "");
		say_who_waits(out, &hung->seen);
	} else if (failed == 1) {
		fprintf(out, "The test %s %s%s%s", seen->failed, said ? "fails" : "does not come to its end",
			*words ? ": " : "", words);
	} else {
		fprintf(out, "%zu of %d tests fail: %s%s%s", failed, seen->tests, seen->failed,
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
