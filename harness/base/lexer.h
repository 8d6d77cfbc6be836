/*
 * The words and marks of C, one after the other, with comments and blanks passed
 * over. Nothing is known here of what they mean, nor of the preprocessor: a '#' is a
 * mark, and lexer_skip_line() passes over the rest of its line.
 *
 *     struct lexer lexer = lexer_of(text);
 *     for (struct lexeme one; (one = lexer_next(&lexer)).kind != LEXEME_END;)
 *             if (lexeme_is(&one, "while"))
 *                     ... one.line is its line
 */
#ifndef LOOSE_LEXER_H
#define LOOSE_LEXER_H

#include <stdbool.h>
#include <stddef.h>

/* A text is a string or a character with its quotes; it goes to the end of the line when the second one is missing. */
enum lexeme_kind { LEXEME_END, LEXEME_WORD, LEXEME_NUMBER, LEXEME_TEXT, LEXEME_MARK };

struct lexeme {
	enum lexeme_kind kind;
	const char *at; /* in the text, which must live as long */
	size_t length;
	unsigned line; /* from 1 */
	bool first; /* of its line: nothing but blanks and comments stands before it; a comment does not end a line */
};

struct lexer {
	const char *at;
	unsigned line;
	bool fresh; /* what comes next is the first of its line */
};

/* At the text's beginning; the text must live as long as it. */
struct lexer lexer_of(const char *text);
/* The next word or mark; LEXEME_END at the end of the text, again and again. */
struct lexeme lexer_next(struct lexer *lexer);
/* To the end of the line, which a backslash before it does not make. */
void lexer_skip_line(struct lexer *lexer);

/* Whether it is this word, and whether it begins with it. */
bool lexeme_is(const struct lexeme *one, const char *word);
bool lexeme_begins(const struct lexeme *one, const char *start);

/*
 * The text without what joins two lines, as the compiler reads it, for the caller to free: a newline that is taken out comes
 * back after the joined line, so that the numbers of lines stay.
 */
char *lexer_joined(const char *text);

#endif
