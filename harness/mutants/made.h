/* What the operators share: a program that is read, and changes to its text. Nobody outside of this room includes it. */
#ifndef LOOSE_MADE_H
#define LOOSE_MADE_H

#include "mutants.h"
#include "tokens.h"

/* Of the source, from a byte to another, what is to stand there instead. */
struct edit {
	size_t start, end;
	const char *text;
};

/* What an operator is given, and where its mutants go. */
struct maker {
	const struct tokens *tokens;
	const char *change;
	struct mutants *all;
};

/*
 * Adds a mutant with these changes, which are in the order of the text and do
 * not overlap. It is named by the place of `anchor`, a token.
 */
void made(struct maker *maker, size_t anchor, const struct edit *edits, size_t count);
/* The same with one change: in place of these tokens stands this text. */
void made_in_place(struct maker *maker, size_t first, size_t last, const char *text);

/* The statement of which the call, whose name this token is, is the whole but for a CHECK() around it; else NULL. */
const struct statement *made_step(const struct tokens *tokens, size_t name);
/* Adds a mutant without its statement for each call of one of these that is one. */
void made_without_calls(struct maker *maker, const char *const *names);
/* Whether a token from one to the other is the name of a call of one of these. */
bool made_calls(const struct tokens *tokens, size_t first, size_t last, const char *const *names);
/* Whether the token is `name` and a '(' follows. */
bool made_is_call(const struct tokens *tokens, size_t at, const char *const *names);

/* The operators; each has a line in operators.c that says what it does. */
void make_signal(struct maker *maker);
void make_no_wake_up(struct maker *maker);
void make_if(struct maker *maker);
void make_tenth(struct maker *maker);
void make_tenfold(struct maker *maker);
void make_anew(struct maker *maker);
void make_no_join(struct maker *maker);
void make_no_stop(struct maker *maker);
void make_no_flag(struct maker *maker);
void make_no_count(struct maker *maker);
void make_no_free(struct maker *maker);
void make_no_lock(struct maker *maker);
void make_one_side(struct maker *maker);
void make_one_for_two(struct maker *maker);
void make_one_for_all(struct maker *maker);
void make_two_for_one(struct maker *maker);
void make_boundary(struct maker *maker);
void make_swapped(struct maker *maker);
void make_no_error(struct maker *maker);

#endif
