/* Operators around waits: who is woken, what is looked at again, and how long it takes. */
#include "made.h"

#include <stdlib.h>

#include "base/mem.h"

static const char *const waits[] = {
	"pthread_cond_wait",
	"pthread_cond_timedwait",
	"pthread_cond_clockwait",
	"deadline_cond_wait",
	"sem_wait",
	"sem_timedwait",
	"gate_wait",
	NULL,
};

void make_signal(struct maker *maker)
{
	for (size_t i = 0; i < maker->tokens->count; i++)
		if (token_is(maker->tokens, i, "pthread_cond_broadcast"))
			made_in_place(maker, i, i, "pthread_cond_signal");
}

void make_no_wake_up(struct maker *maker)
{
	static const char *const names[] = {"pthread_cond_signal", "pthread_cond_broadcast", "sem_post", "gate_open",
					    NULL};

	made_without_calls(maker, names);
}

/* --- looked at once --- */

/* A statement that waits, by itself or as one of those in its braces. */
static bool waits_itself(const struct tokens *tokens, const struct statement *body)
{
	const struct statement *all = tokens->statements;

	if (body->simple)
		return made_calls(tokens, body->first, body->last, waits);
	for (size_t i = (size_t)(body - all) + 1; i < tokens->statement_count && all[i].first <= body->last; i++)
		if (all[i].simple && all[i].parent == (size_t)(body - all) &&
		    made_calls(tokens, all[i].first, all[i].last, waits))
			return true;
	return false;
}

static bool is_wait_loop(const struct tokens *tokens, size_t at)
{
	const struct statement *loop = tokens_statement(tokens, at);
	size_t close = token_is(tokens, at + 1, "(") ? tokens->items[at + 1].partner : NO_TOKEN;

	/* The `while` of a do stands at the end of its statement. */
	if (!loop || loop->first != at || close == NO_TOKEN)
		return false;
	const struct statement *body = tokens_statement(tokens, close + 1);
	return made_calls(tokens, at, close, waits) || (body && waits_itself(tokens, body));
}

/* A wait in the middle of a loop, which then begins anew: without that it goes on whatever woke it. */
static bool is_look_again(const struct tokens *tokens, const struct statement *statement)
{
	const struct statement *next = tokens_next(tokens, statement);

	return next && token_is(tokens, next->first, "continue") && statement->simple &&
	       made_calls(tokens, statement->first, statement->last, waits);
}

void make_if(struct maker *maker)
{
	const struct tokens *tokens = maker->tokens;

	for (size_t i = 0; i < tokens->count; i++)
		if (token_is(tokens, i, "while") && is_wait_loop(tokens, i))
			made_in_place(maker, i, i, "if");
	for (size_t i = 0; i < tokens->statement_count; i++) {
		const struct statement *next = tokens_next(tokens, &tokens->statements[i]);
		if (is_look_again(tokens, &tokens->statements[i]))
			made_in_place(maker, next->first, next->last, ";");
	}
}

/* --- how long --- */

/* The argument that is a time, where the token names a call that takes one. */
static bool is_time(const struct tokens *tokens, size_t at, size_t *first, size_t *last)
{
	static const char *const until[] = {"deadline_in", NULL}, *const so_long[] = {"stop_wait", NULL};

	if (made_is_call(tokens, at, until))
		return tokens_argument(tokens, at + 1, 0, first, last);
	return made_is_call(tokens, at, so_long) && tokens_argument(tokens, at + 1, 1, first, last);
}

static void change_times(struct maker *maker, const char *how)
{
	for (size_t i = 0, first, last; i < maker->tokens->count; i++) {
		if (!is_time(maker->tokens, i, &first, &last))
			continue;
		char *time = tokens_text(maker->tokens, first, last), *other = mem_format("(%s) %s", time, how);
		made_in_place(maker, first, last, other);
		free(other);
		free(time);
	}
}

void make_tenth(struct maker *maker)
{
	change_times(maker, "/ 10");
}

void make_tenfold(struct maker *maker)
{
	change_times(maker, "* 10");
}

/* What the deadline was made of, in the function before this token; NULL when it comes from elsewhere. */
static char *patience_before(const struct tokens *tokens, const struct function *function, size_t at)
{
	static const char *const made_by[] = {"deadline_in", NULL};

	for (size_t first, last; at > function->open; at--)
		if (made_is_call(tokens, at, made_by) && tokens_argument(tokens, at + 1, 0, &first, &last))
			return tokens_text(tokens, first, last);
	return NULL;
}

/* A deadline that a function is given: what was left of it when the function began is what each wait gets. */
static void made_anew_from_given(struct maker *maker, const struct function *function, size_t first, size_t last)
{
	static const char helper[] =
		"static struct timespec mutant_anew(const struct timespec *began, const struct timespec *end)\n"
		"{\n"
		"	return deadline_in((end->tv_sec - began->tv_sec) * 1000L + (end->tv_nsec - began->tv_nsec) / 1000000);\n"
		"}\n";
	const struct token *items = maker->tokens->items;
	char *given = tokens_text(maker->tokens, first, last);
	char *other = mem_format("&(struct timespec[]){mutant_anew(&mutant_began, %s)}[0]", given);
	struct edit edits[] = {
		{items[function->first].start, items[function->first].start, helper},
		{items[function->open].end, items[function->open].end,
		 " struct timespec mutant_began = deadline_in(0);"},
		{items[first].start, items[last].end, other},
	};

	made(maker, first, edits, 3);
	free(other);
	free(given);
}

void make_anew(struct maker *maker)
{
	static const char *const timed[] = {"deadline_cond_wait", NULL};
	const struct tokens *tokens = maker->tokens;

	for (size_t i = 0, first, last; i < tokens->count; i++) {
		const struct function *function = tokens_function(tokens, i);
		if (!function || !made_is_call(tokens, i, timed) || !tokens_argument(tokens, i + 1, 2, &first, &last))
			continue;
		char *patience = patience_before(tokens, function, i);
		if (patience) {
			char *other = mem_format("&(struct timespec[]){deadline_in(%s)}[0]", patience);
			made_in_place(maker, first, last, other);
			free(other);
		} else {
			made_anew_from_given(maker, function, first, last);
		}
		free(patience);
	}
}
