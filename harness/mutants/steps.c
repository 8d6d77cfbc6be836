/* Operators that change an order, a boundary or an answer. */
#include "made.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void make_boundary(struct maker *maker)
{
	static const char *const others[][2] = {{"<", "<="}, {"<=", "<"}, {">", ">="}, {">=", ">"}};

	for (size_t i = 0; i < maker->tokens->count; i++)
		for (size_t j = 0; j < sizeof others / sizeof *others; j++)
			if (token_is(maker->tokens, i, others[j][0])) {
				made_in_place(maker, i, i, others[j][1]);
				break;
			}
}

/* --- steps swapped --- */

/* What a shutdown is made of. Between two that only give back, no order matters; nor between two that only wait. */
enum step { NO_STEP, GIVES_BACK, WAITS_FOR_THREAD, ACTS };

static bool ends_with(const struct tokens *tokens, size_t at, const char *end)
{
	const struct token *token = &tokens->items[at];
	size_t length = token->end - token->start, tail = strlen(end);

	return length >= tail && memcmp(tokens->source + token->end - tail, end, tail) == 0;
}

static enum step call_is(const struct tokens *tokens, size_t at)
{
	static const char *const acts[] = {"_join",	 "_stop", "_request", "_close", "shutdown", "_signal",
					   "_broadcast", "_open", "_post",    "_all",	NULL},
				 *const gives_back[] = {"free", "_destroy", "_finalize", "close", NULL};

	if (tokens->items[at].kind != TOKEN_WORD || !token_is(tokens, at + 1, "("))
		return NO_STEP;
	if (token_is(tokens, at, "pthread_join"))
		return WAITS_FOR_THREAD;
	for (const char *const *end = acts; *end; end++)
		if (ends_with(tokens, at, *end))
			return ACTS;
	for (const char *const *end = gives_back; *end; end++)
		if (ends_with(tokens, at, *end))
			return GIVES_BACK;
	return NO_STEP;
}

static enum step step_of(const struct tokens *tokens, size_t first, size_t last)
{
	enum step most = NO_STEP;

	for (size_t i = first; i <= last; i++) {
		enum step step = call_is(tokens, i);
		most = step > most ? step : most;
	}
	return most;
}

/* The last statement of the step that begins here: with a lock, what gives it back in the same braces. */
static const struct statement *step_end(const struct tokens *tokens, const struct statement *first)
{
	static const char *const lock[] = {"pthread_mutex_lock", NULL}, *const unlock[] = {"pthread_mutex_unlock",
											   NULL};
	const struct statement *last = first;

	if (!made_calls(tokens, first->first, first->last, lock))
		return first;
	while (last && !made_calls(tokens, last->first, last->last, unlock))
		last = tokens_next(tokens, last);
	return last;
}

static bool is_locking(const struct tokens *tokens, const struct statement *statement)
{
	static const char *const names[] = {"pthread_mutex_lock", "pthread_mutex_unlock", NULL};

	return statement->simple && made_calls(tokens, statement->first, statement->last, names);
}

static void swap(struct maker *maker, size_t first, size_t first_last, size_t second, size_t second_last)
{
	const struct token *items = maker->tokens->items;
	char *one = tokens_text(maker->tokens, first, first_last);
	char *other = tokens_text(maker->tokens, second, second_last);
	struct edit edits[] = {{items[first].start, items[first_last].end, other},
			       {items[second].start, items[second_last].end, one}};

	made(maker, first, edits, 2);
	free(other);
	free(one);
}

void make_swapped(struct maker *maker)
{
	const struct tokens *tokens = maker->tokens;

	for (size_t i = 0; i < tokens->statement_count; i++) {
		const struct statement *one = &tokens->statements[i], *end = step_end(tokens, one);
		const struct statement *other = end ? tokens_next(tokens, end) : NULL;
		const struct statement *other_end = other ? step_end(tokens, other) : NULL;
		if (!other_end || (end == one && is_locking(tokens, one)) ||
		    (other_end == other && is_locking(tokens, other)))
			continue;
		enum step first = step_of(tokens, one->first, end->last);
		enum step second = step_of(tokens, other->first, other_end->last);
		/* Either join may come first. What else is done in the rounds of a loop is not looked at. */
		bool both_wait = one->simple && other->simple && first == WAITS_FOR_THREAD && second == first;
		bool both_give_back = first == GIVES_BACK && second == first;
		if (first && second && !both_wait && !both_give_back)
			swap(maker, one->first, end->last, other->first, other_end->last);
	}
}

/* --- errors that nobody hears of --- */

static bool is_constant(const struct tokens *tokens, size_t at)
{
	const struct token *token = &tokens->items[at];
	bool capitals = tokens->items[at].kind == TOKEN_WORD && isupper((unsigned char)tokens->source[token->start]);

	for (size_t i = token->start; i < token->end && capitals; i++)
		capitals = !islower((unsigned char)tokens->source[i]);
	return capitals;
}

static bool names_error(const struct tokens *tokens, size_t first, size_t last)
{
	char *text = tokens_text(tokens, first, last);
	bool names = tokens->items[first].kind == TOKEN_WORD && first == last && strstr(text, "error");

	free(text);
	return names;
}

/* `first` to `last` is what a return gives. */
static void answer_well(struct maker *maker, size_t first, size_t last)
{
	const struct tokens *tokens = maker->tokens;

	if (first == last && token_is(tokens, first, "false"))
		made_in_place(maker, first, last, "true");
	else if (names_error(tokens, first, last) ||
		 (last == first + 1 && token_is(tokens, first, "-") && tokens->items[last].kind == TOKEN_NUMBER))
		made_in_place(maker, first, last, "0");
	/* Either may be the error. */
	else if (last >= first + 4 && token_is(tokens, last - 1, ":") && token_is(tokens, last - 3, "?") &&
		 is_constant(tokens, last) && is_constant(tokens, last - 2))
		for (size_t kept = last - 2; kept <= last; kept += 2) {
			char *text = tokens_text(tokens, kept, kept);
			made_in_place(maker, first, last, text);
			free(text);
		}
}

void make_no_error(struct maker *maker)
{
	const struct tokens *tokens = maker->tokens;

	for (size_t i = 0; i < tokens->statement_count; i++) {
		const struct statement *statement = &tokens->statements[i];
		size_t first = statement->first, last = statement->last;
		if (!statement->simple || last < first + 2)
			continue;
		if (token_is(tokens, first, "return"))
			answer_well(maker, first + 1, last - 1);
		/* An answer that was made in advance and is changed here. */
		else if (last == first + 3 && token_is(tokens, first + 1, "=") && is_constant(tokens, first + 2))
			made_in_place(maker, first, last, ";");
	}
}
