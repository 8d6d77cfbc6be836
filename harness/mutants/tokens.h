/*
 * C, read as far as a mutant needs it: words and marks with their places in the
 * text, which brackets belong together, where functions and their statements
 * begin and end. Comments and the lines of the preprocessor are passed over.
 * Macros that are not expressions, and functions of the old style, are not known.
 *
 *     struct tokens tokens;
 *     tokens_read(&tokens, source);
 *     for (size_t i = 0; i < tokens.count; i++)
 *             if (token_is(&tokens, i, "while") && token_is(&tokens, i + 1, "("))
 *                     ... tokens.items[i + 1].partner is its ')'
 *     tokens_release(&tokens);
 */
#ifndef LOOSE_TOKENS_H
#define LOOSE_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NO_TOKEN SIZE_MAX

enum token_kind { TOKEN_WORD, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_MARK };

struct token {
	enum token_kind kind;
	size_t start, end; /* bytes of the source; `end` is the first that is not the token's */
	size_t partner;	   /* of a bracket: the one that closes or opens it; else NO_TOKEN */
};

struct statement {
	size_t first, last; /* tokens; the ';' or '}' belongs to it */
	size_t parent;	    /* the statement that it is a part of; NO_TOKEN: a function's body */
	bool in_block;	    /* it stands in braces, with others before and after it */
	bool simple;	    /* an expression or a declaration with its ';' */
};

struct function {
	char *name;
	size_t first;	    /* token of its return type */
	size_t open, close; /* its braces */
};

struct tokens {
	const char *source; /* the caller's */
	struct token *items;
	size_t count;
	struct function *functions;
	size_t function_count;
	struct statement *statements; /* of all functions, each before its parts */
	size_t statement_count;
};

/* The source must live as long as the tokens do. Of what is not C the rest of the file has no statements. */
void tokens_read(struct tokens *tokens, const char *source);
void tokens_release(struct tokens *tokens);

/* Whether there is such a token, and it is this one. */
bool token_is(const struct tokens *tokens, size_t at, const char *text);
/* Whether it is one of these words; the list ends with NULL. */
bool token_is_one(const struct tokens *tokens, size_t at, const char *const *words);
/* The text from one token to the other, both with it, for the caller to free. */
char *tokens_text(const struct tokens *tokens, size_t first, size_t last);
/* NULL outside of all functions. */
const struct function *tokens_function(const struct tokens *tokens, size_t at);
/* The innermost statement around the token; NULL when there is none. */
const struct statement *tokens_statement(const struct tokens *tokens, size_t at);
/* The next statement in the same braces; NULL after the last, and for one that does not stand in braces. */
const struct statement *tokens_next(const struct tokens *tokens, const struct statement *statement);
/* The n-th argument (0: the first) of the call whose '(' this is. False when it has none; *last is then unset. */
bool tokens_argument(const struct tokens *tokens, size_t open, size_t n, size_t *first, size_t *last);

#endif
