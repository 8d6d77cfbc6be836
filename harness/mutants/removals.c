/* Operators that leave something out. */
#include "made.h"

void make_no_join(struct maker *maker)
{
	static const char *const names[] = {"pthread_join", NULL};

	made_without_calls(maker, names);
}

void make_no_stop(struct maker *maker)
{
	static const char *const names[] = {"stop_request", "stop_all", "stop_one", "queue_close", "shutdown", NULL};

	made_without_calls(maker, names);
}

/*
 * What nobody can miss is left in: glibc keeps nothing of a mutex or condition
 * that is not destroyed, nor does the kit of a stop or a gate.
 */
void make_no_free(struct maker *maker)
{
	static const char *const names[] = {"free",	     "close", "sqlite3_close", "sqlite3_finalize",
					    "queue_destroy", NULL};

	made_without_calls(maker, names);
}

void make_no_flag(struct maker *maker)
{
	static const char *const values[] = {"true", "false", NULL};
	const struct tokens *tokens = maker->tokens;

	for (size_t i = 1; i < tokens->count; i++) {
		const struct statement *statement = token_is(tokens, i, "=") ? tokens_statement(tokens, i) : NULL;
		/* Of a declaration the left side is two words, and the flag needs a first value. */
		if (!statement || !statement->simple || !token_is_one(tokens, i + 1, values) ||
		    statement->last != i + 2 || tokens->items[statement->first + 1].kind == TOKEN_WORD)
			continue;
		made_in_place(maker, statement->first, statement->last, ";");
	}
}

/* What stands in the brackets of a `for` only counts its rounds. */
static bool in_for(const struct tokens *tokens, size_t at)
{
	const struct statement *statement = tokens_statement(tokens, at);

	return statement && token_is(tokens, statement->first, "for") &&
	       at < tokens->items[statement->first + 1].partner;
}

void make_no_count(struct maker *maker)
{
	static const char *const steps[] = {"++", "--", NULL}, *const sums[] = {"+=", "-=", NULL};
	const struct tokens *tokens = maker->tokens;

	for (size_t i = 0; i < tokens->count; i++) {
		const struct statement *statement = tokens_statement(tokens, i);
		bool step = token_is_one(tokens, i, steps);
		if (!statement || in_for(tokens, i) || (!step && !token_is_one(tokens, i, sums)))
			continue;
		bool whole = statement->simple && (!step || statement->first == i || statement->last == i + 1);
		if (whole)
			made_in_place(maker, statement->first, statement->last, ";");
		else if (step)
			made_in_place(maker, i, i, "");
	}
}
