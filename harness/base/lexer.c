#include "lexer.h"

#include <ctype.h>
#include <string.h>

#include "mem.h"

struct lexer lexer_of(const char *text)
{
	return (struct lexer){.at = text, .line = 1, .fresh = true};
}

static void skip(struct lexer *lexer, size_t length)
{
	for (; length && *lexer->at; length--)
		if (*lexer->at++ == '\n') {
			lexer->line++;
			lexer->fresh = true;
		}
}

static size_t length_of_line(const char *at)
{
	size_t length = 0;

	while (at[length] && at[length] != '\n')
		length += at[length] == '\\' && at[length + 1] ? 2 : 1;
	return length;
}

void lexer_skip_line(struct lexer *lexer)
{
	skip(lexer, length_of_line(lexer->at));
}

/* Blanks and comments. */
static void skip_nothing(struct lexer *lexer)
{
	for (;;) {
		size_t blanks = strspn(lexer->at, " \t\n\f\v\r");
		skip(lexer, blanks);
		if (strncmp(lexer->at, "//", 2) == 0) {
			lexer_skip_line(lexer);
		} else if (strncmp(lexer->at, "/*", 2) == 0) {
			const char *end = strstr(lexer->at + 2, "*/");
			bool fresh = lexer->fresh;
			skip(lexer, end ? (size_t)(end - lexer->at) + 2 : strlen(lexer->at));
			lexer->fresh = fresh; /* a comment is a blank, over however many lines */
		} else if (!blanks) {
			return;
		}
	}
}

static bool is_of_word(char letter)
{
	return isalnum((unsigned char)letter) || letter == '_' || letter == '$' || (unsigned char)letter >= 0x80;
}

static size_t length_of_text(const char *at)
{
	size_t length = 1;

	while (at[length] && at[length] != at[0] && at[length] != '\n')
		length += at[length] == '\\' && at[length + 1] ? 2 : 1;
	return length + (at[length] == at[0]);
}

static bool begins_number(const char *at)
{
	return isdigit((unsigned char)at[0]) || (at[0] == '.' && isdigit((unsigned char)at[1]));
}

static size_t length_of_number(const char *at)
{
	size_t length = 1;

	while (is_of_word(at[length]) || at[length] == '.' ||
	       ((at[length] == '+' || at[length] == '-') && strchr("eEpP", at[length - 1])))
		length++;
	return length;
}

static size_t length_of_word(const char *at)
{
	size_t length = 1;

	while (is_of_word(at[length]))
		length++;
	return length;
}

static size_t length_of_mark(const char *at)
{
	static const char *const marks[] = {"<<=", ">>=", "...", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=",
					    "&&",  "||",  "+=",	 "-=", "*=", "/=", "%=", "&=", "|=", "^=", "##", "%:"};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (strncmp(at, marks[i], strlen(marks[i])) == 0)
			return strlen(marks[i]);
	return 1;
}

struct lexeme lexer_next(struct lexer *lexer)
{
	skip_nothing(lexer);
	const char *at = lexer->at;
	struct lexeme one = {.kind = LEXEME_MARK, .at = at, .line = lexer->line, .first = lexer->fresh};

	if (!*at) {
		one.kind = LEXEME_END;
	} else if (*at == '"' || *at == '\'') {
		one.kind = LEXEME_TEXT;
		one.length = length_of_text(at);
	} else if (begins_number(at)) {
		one.kind = LEXEME_NUMBER;
		one.length = length_of_number(at);
	} else if (is_of_word(*at)) {
		one.kind = LEXEME_WORD;
		one.length = length_of_word(at);
	} else {
		one.length = length_of_mark(at);
	}
	lexer->fresh = false;
	skip(lexer, one.length);
	return one;
}

bool lexeme_is(const struct lexeme *one, const char *word)
{
	return strlen(word) == one->length && strncmp(one->at, word, one->length) == 0;
}

bool lexeme_begins(const struct lexeme *one, const char *start)
{
	return one->length >= strlen(start) && strncmp(one->at, start, strlen(start)) == 0;
}

char *lexer_joined(const char *text)
{
	char *all = mem_zeroed(strlen(text) + 1, 1), *to = all;
	size_t owed = 0;

	for (const char *at = text; *at;) {
		size_t blanks = *at == '\\' ? strspn(at + 1, " \t\f\v\r") : 0;
		if (*at == '\\' && at[1 + blanks] == '\n') {
			at += blanks + 2;
			owed++;
			/* What is joined is not joined once more: this line ends, though a backslash has come to its end. */
			if (*at == '\n' && to > all && to[-1] == '\\')
				*to++ = ' ';
			continue;
		}
		*to++ = *at;
		if (*at++ == '\n')
			for (; owed; owed--)
				*to++ = '\n';
	}
	return all;
}
