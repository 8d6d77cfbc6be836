#include "contract.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum sign { AT_MOST, BELOW, AT_LEAST, ABOVE, EQUAL, UNEQUAL, SIGNS };
/* What begins with another one stands before it. */
static const char *const signs[SIGNS] = {"<=", "<", ">=", ">", "==", "!="};
static const enum sign order[SIGNS] = {AT_MOST, AT_LEAST, EQUAL, UNEQUAL, BELOW, ABOVE};

enum figure { THREADS, STARTED, JOINED, DETACHED, UNJOINED, FIGURES };
static const char *const figures[FIGURES] = {"threads", "started", "joined", "detached", "unjoined"};

struct side {
	bool is_figure, at_exit;
	enum figure figure;
	long number;
};

struct bound {
	struct side left, right;
	enum sign sign;
};

static __attribute__((format(printf, 1, 2))) const char *line(const char *format, ...)
{
	static char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	return text;
}

/* --- the budget ---------------------------------------------------------------------------------------------------*/

static const char *skip(const char *at)
{
	return at + strspn(at, " \t\n");
}

/* Whether the word stands at *at; goes past it then. */
static bool take_word(const char **at, const char *word)
{
	const char *start = skip(*at);
	size_t length = strlen(word);

	if (strncmp(start, word, length) != 0 || isalnum((unsigned char)start[length]) || start[length] == '_')
		return false;
	*at = start + length;
	return true;
}

static bool take_side(const char **at, struct side *side)
{
	char *end;

	*side = (struct side){0};
	for (int i = 0; i < FIGURES; i++)
		if (take_word(at, figures[i])) {
			const char *before = *at;
			side->is_figure = true;
			side->figure = (enum figure)i;
			side->at_exit = take_word(at, "at") && take_word(at, "exit");
			*at = side->at_exit ? *at : before;
			return true;
		}
	*at = skip(*at);
	if (!isdigit((unsigned char)**at))
		return false;
	side->number = strtol(*at, &end, 10);
	*at = end;
	return true;
}

static bool take_sign(const char **at, enum sign *sign)
{
	*at = skip(*at);
	for (int i = 0; i < SIGNS; i++)
		if (strncmp(*at, signs[order[i]], strlen(signs[order[i]])) == 0) {
			*sign = order[i];
			*at += strlen(signs[order[i]]);
			return true;
		}
	return false;
}

/* The bound at *at, to the comma after it or the end, which *at is set to. False: that is not a bound. */
static bool take_bound(const char **at, struct bound *bound)
{
	if (!take_side(at, &bound->left) || !bound->left.is_figure || !take_sign(at, &bound->sign) ||
	    !take_side(at, &bound->right))
		return false;
	*at = skip(*at);
	if (**at == ',')
		return *skip(++*at) != '\0';
	return **at == '\0';
}

/* The first bound that is none; NULL when all are well. */
static const char *bad_bound(const char *budget)
{
	struct bound bound;

	for (const char *at = budget; *skip(at);) {
		const char *start = skip(at);
		if (!take_bound(&at, &bound))
			return line(
				"the budget cannot be read from '%s' on; a bound is a figure, an operator, and a number "
				"or figure, as in 'threads <= 4'; the figures are threads, started, joined, "
				"detached, unjoined",
				start);
	}
	return NULL;
}

static long value_of(const struct side *side, bool at_exit, const struct counted *threads)
{
	const long values[FIGURES] = {at_exit || side->at_exit ? threads->threads_at_exit : threads->threads,
				      threads->started, threads->joined, threads->detached, threads->unjoined};

	return side->is_figure ? values[side->figure] : side->number;
}

static bool holds(const struct bound *bound, const struct counted *threads)
{
	/* No two counters change in one step, so that what must be equal, or differ, is asked at the end. */
	bool at_exit = bound->sign == EQUAL || bound->sign == UNEQUAL;
	long left = value_of(&bound->left, at_exit, threads), right = value_of(&bound->right, at_exit, threads);

	switch (bound->sign) {
	case AT_MOST:
		return left <= right;
	case BELOW:
		return left < right;
	case AT_LEAST:
		return left >= right;
	case ABOVE:
		return left > right;
	case EQUAL:
		return left == right;
	default:
		return left != right;
	}
}

/* The text of the first bound that the threads break, in `text`. */
static bool breaks_budget(const char *budget, const struct counted *threads, char *text, size_t size)
{
	struct bound bound;

	for (const char *at = budget ? budget : ""; *skip(at);) {
		const char *start = skip(at);
		if (!take_bound(&at, &bound))
			return false;
		if (!holds(&bound, threads)) {
			snprintf(text, size, "%.*s", (int)strcspn(start, ","), start);
			return true;
		}
	}
	return false;
}

/* --- the promises -------------------------------------------------------------------------------------------------*/

/* Its place in the vocabulary; -1: it has none. */
static int place_of(const struct clause *vocabulary, const char *sentence)
{
	for (int i = 0; vocabulary[i].sentence; i++)
		if (strcmp(vocabulary[i].sentence, sentence) == 0)
			return i;
	return -1;
}

const char *contract_problem(const struct contract *contract, const struct clause *vocabulary)
{
	const char *budget = contract->budget ? contract->budget : "";
	bool over = false;

	for (int i = 0; i < CONTRACT_PROMISES; i++) {
		over = over || !contract->promises[i];
		if (over && contract->promises[i])
			return line(
				"'%s' stands after an empty place, where nobody reads on; leave none between promises",
				contract->promises[i]);
	}
	if (!contract->promises[0] && !*skip(budget))
		return line("it promises nothing, so that nobody can break it; choose sentences from the header");
	for (int i = 0; i < CONTRACT_PROMISES && contract->promises[i]; i++) {
		if (place_of(vocabulary, contract->promises[i]) < 0)
			return line("'%s' is none of the header's sentences; copy them as they stand there",
				    contract->promises[i]);
		for (int j = 0; j < i; j++)
			if (strcmp(contract->promises[i], contract->promises[j]) == 0)
				return line("it promises '%s' twice; once is enough", contract->promises[i]);
	}
	return bad_bound(budget);
}

/* Why the contract excludes the design: a promise that it breaks, and what is seen of that; or a bound. */
static bool excludes(const struct contract *contract, const struct clause *vocabulary, const struct witness *witness,
		     char *why, size_t size)
{
	char bound[128];

	for (int i = 0; i < CONTRACT_PROMISES && contract->promises[i]; i++) {
		int place = place_of(vocabulary, contract->promises[i]);
		if (place >= 0 && witness->broken[place]) {
			snprintf(why, size, "'%s'; in it %s", contract->promises[i], vocabulary[place].broken);
			return true;
		}
	}
	if (!breaks_budget(contract->budget, &witness->threads, bound, sizeof bound))
		return false;
	snprintf(why, size,
		 "'%s'; in it %ld are started, %ld joined, %ld detached, and with main() there are %ld at most", bound,
		 witness->threads.started, witness->threads.joined, witness->threads.detached,
		 witness->threads.threads);
	return true;
}

const char *contract_misjudges(const struct contract *contract, const struct clause *vocabulary,
			       const struct witness *witness)
{
	char why[512];
	bool excluded = excludes(contract, vocabulary, witness, why, sizeof why);

	printf("  %-28s %-6s %s%s\n", witness->name, witness->harm ? "wrong" : "right",
	       excluded ? "excluded by " : "keeps the contract", excluded ? why : "");
	if (witness->harm && !excluded)
		return line("nothing of yours excludes '%s': in it %s", witness->name, witness->harm);
	if (!witness->harm && excluded)
		return line("'%s' is right, and you exclude it by %s", witness->name, why);
	return NULL;
}

void contract_add(char *lines, size_t size, const char *words)
{
	size_t length = strlen(lines);

	if (words)
		snprintf(lines + length, size - length, "%s%s", length ? "; " : "", words);
}
