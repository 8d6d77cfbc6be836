/* Reading bounds. See budget.h, which has the grammar. */
#include "budget.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "measured.h"

enum { MAX_DIGITS = 15 };

struct parser {
	const char *all; /* the bound, for messages */
	const char *at;
	struct bound *bound;
	char **error;
};

static bool fail(struct parser *parser, char *message)
{
	*parser->error = mem_format("'%s': %s", parser->all, message);
	free(message);
	return false;
}

/* --- words --- */

static void skip_blanks(struct parser *parser)
{
	while (isspace((unsigned char)*parser->at))
		parser->at++;
}

static size_t word_length(const char *at)
{
	size_t length = 0;

	if (isalpha((unsigned char)*at) || *at == '_')
		while (isalnum((unsigned char)at[length]) || at[length] == '_')
			length++;
	return length;
}

/* Takes this word, or these signs, if they come next. */
static bool take(struct parser *parser, const char *word)
{
	size_t length = strlen(word);

	skip_blanks(parser);
	if (strncmp(parser->at, word, length) != 0 || (word_length(word) && word_length(parser->at) != length))
		return false;
	parser->at += length;
	return true;
}

/* What comes next, for a message; caller frees. */
static char *next_words(struct parser *parser)
{
	skip_blanks(parser);
	return *parser->at ? mem_format("got '%s'", parser->at) : mem_copy("it ends there");
}

static bool fail_here(struct parser *parser, const char *needed)
{
	char *got = next_words(parser);
	bool good = fail(parser, mem_format("%s; %s", needed, got));

	free(got);
	return good;
}

static bool is_built_in(const char *name)
{
	static const char *const names[] = FIGURE_NAMES;

	for (size_t i = 0; i < FIGURES; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length > tail && strcmp(text + length - tail, end) == 0;
}

/* In JSON the figures have longer names, which would here be gauges that nobody publishes. */
static bool refuse_json_name(struct parser *parser, const char *name)
{
	static const char at_exit[] = "_at_exit";

	for (const struct measured_key *at = measured_keys; at->key; at++) {
		if (strcmp(at->key, name) != 0)
			continue;
		const char *here = at->moment == MOMENT_START ? "start" : at->figure;
		return fail(parser, mem_format("for '%s' write '%s%s'", name, here,
					       ends_with(name, at_exit) ? " at exit" : ""));
	}
	if (ends_with(name, at_exit))
		return fail(parser, mem_format("for '%s' write '%.*s at exit'", name,
					       (int)(strlen(name) - strlen(at_exit)), name));
	return true;
}

/* Takes a figure's name into *name, for the caller to free. */
static bool take_figure(struct parser *parser, char **name)
{
	skip_blanks(parser);
	size_t length = word_length(parser->at);

	if (!length)
		return fail_here(parser, "a figure is needed (threads, memory, a gauge's name, ...)");
	if (length >= FIGURE_NAME_SIZE)
		return fail(parser, mem_format("a name has at most %d characters", FIGURE_NAME_SIZE - 1));
	*name = mem_copy_n(parser->at, length);
	parser->at += length;
	return is_built_in(*name) || refuse_json_name(parser, *name);
}

static bool take_number(struct parser *parser, long long *number)
{
	skip_blanks(parser);
	size_t length = strspn(parser->at, "0123456789");

	if (length > MAX_DIGITS)
		return fail(parser, mem_format("a number has at most %d digits", MAX_DIGITS));
	if (parser->at[length] == '.')
		return fail(parser, mem_copy("numbers are whole; take a smaller unit"));
	*number = strtoll(parser->at, NULL, 10);
	parser->at += length;
	return true;
}

/* --- units --- */

static const struct {
	const char *name;
	enum bound_unit unit;
	long long factor;
} units[] = {{"B", UNIT_BYTES, 1},	   {"KiB", UNIT_BYTES, 1024}, {"MiB", UNIT_BYTES, 1 << 20},
	     {"GiB", UNIT_BYTES, 1 << 30}, {"%", UNIT_PERCENT, 1},    {"us", UNIT_TIME, 1},
	     {"ms", UNIT_TIME, 1000},	   {"s", UNIT_TIME, 1000000}};

static const char *const needed_units[] = {"", "B, KiB, MiB or GiB", "us, ms or s", "%"};

/* A bound has one unit: the first that it names. */
static bool take_unit(struct parser *parser, long long *number)
{
	struct bound *bound = parser->bound;

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (!take(parser, units[i].name))
			continue;
		if (bound->unit != UNIT_NONE && bound->unit != units[i].unit)
			return fail(parser,
				    mem_format("'%s' does not go with %s", units[i].name, needed_units[bound->unit]));
		if (__builtin_mul_overflow(*number, units[i].factor, number))
			return fail(parser, mem_copy("the number is too large"));
		bound->unit = units[i].unit;
		return true;
	}
	skip_blanks(parser);
	size_t length = word_length(parser->at);
	if (length)
		return fail(parser, mem_format("unknown unit '%.*s'; there are B, KiB, MiB, GiB, %%, us, ms and s",
					       (int)length, parser->at));
	return true;
}

static bool check_unit(struct parser *parser)
{
	const struct bound *bound = parser->bound;
	bool memory = strcmp(bound->figure, "memory") == 0, cpu = strcmp(bound->figure, "cpu") == 0;

	if (memory && bound->unit != UNIT_BYTES)
		return fail(parser, mem_copy("memory is counted in B, KiB, MiB or GiB: say which"));
	if (cpu && bound->unit != UNIT_TIME && bound->unit != UNIT_PERCENT)
		return fail(parser, mem_copy("cpu is counted in us, ms, s or %: say which"));
	if (!memory && !cpu && bound->unit != UNIT_NONE && bound->unit != UNIT_BYTES)
		return fail(parser, mem_format("%s has no %s", bound->figure, needed_units[bound->unit]));
	if (is_built_in(bound->figure) && !memory && !cpu && bound->unit != UNIT_NONE)
		return fail(parser, mem_format("%s is a number of things; leave the unit away", bound->figure));
	if (cpu && bound->term_count)
		return fail(parser, mem_copy("cpu can be compared with a number only"));
	return true;
}

/* --- sums --- */

static bool take_figure_term(struct parser *parser, long long factor)
{
	struct bound *bound = parser->bound;
	size_t i = bound->term_count;

	if (i == BOUND_TERMS)
		return fail(parser, mem_format("a sum has at most %d figures", BOUND_TERMS));
	bound->terms[i].factor = factor;
	bound->term_count++;
	if (!take(parser, "start"))
		return take_figure(parser, &bound->terms[i].figure);
	if (strcmp(bound->figure, "memory") != 0 && strcmp(bound->figure, "descriptors") != 0)
		return fail(parser, mem_copy("'start' goes with memory and descriptors only"));
	bound->terms[i].figure = mem_copy(bound->figure);
	bound->terms[i].start = true;
	return true;
}

static bool take_term(struct parser *parser, long long sign)
{
	long long number = 0;

	skip_blanks(parser);
	if (!isdigit((unsigned char)*parser->at))
		return take_figure_term(parser, sign);
	if (!take_number(parser, &number) || !take_unit(parser, &number))
		return false;
	if (take(parser, "*"))
		return take_figure_term(parser, sign * number);
	if (__builtin_add_overflow(parser->bound->constant, sign * number, &parser->bound->constant))
		return fail(parser, mem_copy("the number is too large"));
	return true;
}

static bool take_sum(struct parser *parser)
{
	long long sign = take(parser, "-") ? -1 : 1;

	do {
		if (!take_term(parser, sign))
			return false;
		sign = take(parser, "+") ? 1 : take(parser, "-") ? -1 : 0;
	} while (sign);
	return true;
}

/* --- bounds --- */

static bool take_op(struct parser *parser)
{
	/* The longer before the shorter. */
	static const struct {
		const char *signs;
		enum bound_op op;
	} ops[] = {{"<=", BOUND_AT_MOST}, {">=", BOUND_AT_LEAST}, {"==", BOUND_EQUAL},
		   {"!=", BOUND_UNEQUAL}, {"<", BOUND_BELOW},	  {">", BOUND_ABOVE}};

	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (take(parser, ops[i].signs)) {
			parser->bound->op = ops[i].op;
			return true;
		}
	return fail_here(parser, "'at exit' or a comparison is needed here: <=, <, >=, >, == or !=");
}

static bool take_end(struct parser *parser)
{
	skip_blanks(parser);
	return !*parser->at || fail_here(parser, "nothing may follow; bounds are separated by commas");
}

static bool take_stop(struct parser *parser)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = {{"SIGTERM", SIGTERM}, {"SIGINT", SIGINT},   {"SIGHUP", SIGHUP},
		       {"SIGQUIT", SIGQUIT}, {"SIGUSR1", SIGUSR1}, {"SIGUSR2", SIGUSR2}};
	struct bound *bound = parser->bound;
	static const char form[] = "write it as 'stops within 500 ms of SIGTERM'";

	skip_blanks(parser);
	if (!take(parser, "within") || !isdigit((unsigned char)parser->at[strspn(parser->at, " ")]))
		return fail_here(parser, form);
	if (!take_number(parser, &bound->constant))
		return false;
	if (take(parser, "of"))
		return fail_here(parser, form);
	if (!take_unit(parser, &bound->constant))
		return false;
	skip_blanks(parser);
	/* What asks a service to stop unless something else is said. */
	if (bound->unit == UNIT_TIME && !*parser->at)
		parser->at = "of SIGTERM";
	if (bound->unit != UNIT_TIME || !take(parser, "of"))
		return fail_here(parser, form);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (take(parser, signals[i].name)) {
			bound->signal = signals[i].number;
			bound->text = mem_format("stops within %lld ms of %s", bound->constant / 1000, signals[i].name);
			if (bound->constant % 1000) {
				free(bound->text);
				bound->text =
					mem_format("stops within %lld us of %s", bound->constant, signals[i].name);
			}
			bound->kind = mem_copy("stop");
			return take_end(parser);
		}
	return fail_here(parser, "a signal is needed: SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1 or SIGUSR2");
}

/* The bound in one spelling: a single blank between words. */
static char *spelled(const char *text)
{
	char *copy = mem_copy(text), *to = copy;

	for (const char *from = text; *from; from++) {
		if (!isspace((unsigned char)*from))
			*to++ = *from;
		else if (to != copy && to[-1] != ' ')
			*to++ = ' ';
	}
	while (to != copy && to[-1] == ' ')
		to--;
	*to = '\0';
	return copy;
}

static bool parse_bound(struct parser *parser)
{
	struct bound *bound = parser->bound;

	if (take(parser, "stops"))
		return take_stop(parser);
	if (!take_figure(parser, &bound->figure))
		return false;
	bool said = take(parser, "at");
	if (said && !take(parser, "exit"))
		return fail_here(parser, "after 'at' comes 'exit'");
	if (!take_op(parser) || !take_sum(parser) || !take_end(parser) || !check_unit(parser))
		return false;
	bound->at_exit = said || bound->op == BOUND_EQUAL || bound->op == BOUND_UNEQUAL;
	if (strcmp(bound->figure, "cpu") == 0 && said)
		return fail(parser, mem_copy("cpu is of the whole run; leave 'at exit' away"));
	bound->text = spelled(parser->all);
	bool lower = bound->op == BOUND_AT_LEAST || bound->op == BOUND_ABOVE;
	bound->kind = mem_format("%s%s%s", bound->figure, lower ? "-below" : "", said ? "-at-exit" : "");
	return true;
}

static void bound_release(struct bound *bound)
{
	free(bound->text);
	free(bound->kind);
	free(bound->figure);
	for (size_t i = 0; i < bound->term_count; i++)
		free(bound->terms[i].figure);
}

bool budget_parse(struct budget *budget, const char *text, char **error)
{
	bool good = true, more = true;

	*error = NULL;
	for (const char *at = text; good && more; at++) {
		size_t length = strcspn(at, ",");
		char *one = mem_copy_n(at, length), *all = spelled(one);
		struct bound bound = {0};
		struct parser parser = {.all = all, .at = all, .bound = &bound, .error = error};

		at += length;
		more = *at == ',';
		good = *all ? parse_bound(&parser)
			    : fail(&parser, mem_copy("a bound is needed, such as 'threads at exit <= 1'"));
		if (good && budget->count == BUDGET_BOUNDS)
			good = fail(&parser, mem_format("a budget has at most %d bounds", BUDGET_BOUNDS));
		if (good) {
			budget->bounds = mem_resize(budget->bounds, budget->count + 1, sizeof *budget->bounds);
			budget->bounds[budget->count++] = bound;
		} else {
			bound_release(&bound);
		}
		free(one);
		free(all);
	}
	return good;
}

void budget_release(struct budget *budget)
{
	for (size_t i = 0; i < budget->count; i++)
		bound_release(&budget->bounds[i]);
	free(budget->bounds);
	*budget = (struct budget){0};
}
