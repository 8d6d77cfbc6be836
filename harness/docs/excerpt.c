/*
 * Finds one definition in C source. No parser: the source is cut into tokens,
 * and at the outermost level a name is what stands before `(`, `{`, `=`, `[`,
 * `,` or `;`. That is enough for sources in the workbook's style.
 */
#include "docs.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"

enum token { TOKEN_END, TOKEN_BLANK, TOKEN_COMMENT, TOKEN_DIRECTIVE, TOKEN_WORD, TOKEN_QUOTED, TOKEN_MARK };

/* How well an item fits the name; the best one is taken. A definition is better than its declaration. */
enum fit { FIT_NONE, FIT_DECLARED, FIT_MEMBER, FIT_DEFINED, FIT_FUNCTION };

struct reader {
	const char *at;	  /* the next token */
	const char *name; /* that is looked for */
	bool tags;	  /* only struct, union and enum, as in "struct cache" */
	/* of the item in hand */
	int parens, braces;
	const char *word; /* the token before, if it was a word */
	char before;	  /* the last character of the token before */
	bool assigned;	  /* after a `=` */
	bool called;	  /* a `(` came: what stood before it is the function's name */
	bool test;	  /* Criterion's Test(suite, name) */
	bool function, is_enum, body;
	enum fit fit;
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t quoted_length(const char *text)
{
	size_t i = 1;

	while (text[i] && text[i] != *text)
		i += text[i] == '\\' && text[i + 1] ? 2 : 1;
	return i + (text[i] != 0);
}

/* To the end of the line that no backslash continues, without its newline. */
static size_t directive_length(const char *text)
{
	size_t i = 0;

	while (text[i] && (text[i] != '\n' || (i && text[i - 1] == '\\')))
		i++;
	return i;
}

static enum token token_at(const char *text, bool outermost, size_t *length)
{
	const char *close;

	if (!*text)
		return TOKEN_END;
	if (isspace((unsigned char)*text)) {
		*length = strspn(text, " \t\r\n\f\v");
		return TOKEN_BLANK;
	}
	if (text[0] == '/' && text[1] == '/') {
		*length = strcspn(text, "\n");
		return TOKEN_COMMENT;
	}
	if (text[0] == '/' && text[1] == '*') {
		close = strstr(text + 2, "*/");
		*length = close ? (size_t)(close + 2 - text) : strlen(text);
		return TOKEN_COMMENT;
	}
	if (*text == '#' && outermost) {
		*length = directive_length(text);
		return TOKEN_DIRECTIVE;
	}
	if (*text == '"' || *text == '\'') {
		*length = quoted_length(text);
		return TOKEN_QUOTED;
	}
	for (*length = 0; is_word(text[*length]);)
		++*length;
	if (*length)
		return TOKEN_WORD;
	*length = 1;
	return TOKEN_MARK;
}

static bool word_is(const char *word, const char *name)
{
	size_t length = strlen(name);

	return word && strncmp(word, name, length) == 0 && !is_word(word[length]);
}

static void fits(struct reader *reader, enum fit fit)
{
	if (fit > reader->fit)
		reader->fit = fit;
}

static void read_word(struct reader *reader, const char *word)
{
	bool outermost = reader->braces == 0 && reader->parens == 0;

	if (outermost && word_is(word, "enum"))
		reader->is_enum = true;
	if (reader->is_enum && reader->braces == 1 && strchr("{,", reader->before) && word_is(word, reader->name) &&
	    !reader->tags)
		fits(reader, FIT_MEMBER);
	if (reader->test && reader->braces == 0 && reader->parens == 1 && reader->before == ',' &&
	    word_is(word, reader->name))
		fits(reader, FIT_DECLARED);
	reader->word = word;
}

/* At the outermost level: a mark after a word may make it a name. */
static void read_name(struct reader *reader, char mark)
{
	bool names = reader->word && !reader->assigned && strchr("=[;,({", mark);

	if (mark == '(' && (reader->called || word_is(reader->word, "__attribute__")))
		names = false;
	else if (mark == '(')
		reader->called = true;
	if (mark == '(' && word_is(reader->word, "Test"))
		reader->test = true;
	if (names && word_is(reader->word, reader->name) && (!reader->tags || strchr("{;", mark)))
		fits(reader, mark == '{' || mark == '=' ? FIT_DEFINED : FIT_DECLARED);
	if (mark == '=')
		reader->assigned = true;
	if (mark == ',')
		reader->assigned = false;
}

/* True when the mark ends the item. */
static bool read_mark(struct reader *reader, char mark)
{
	bool outermost = reader->braces == 0 && reader->parens == 0;

	if (outermost)
		read_name(reader, mark);
	if (mark == '(' || mark == '[')
		reader->parens++;
	if (mark == ')' || mark == ']')
		reader->parens -= reader->parens > 0;
	if (mark == '{') {
		reader->function = outermost ? reader->before == ')' && !reader->assigned : reader->function;
		reader->body = true;
		reader->braces++;
	}
	if (mark == '}') {
		reader->braces -= reader->braces > 0;
		return reader->braces == 0 && reader->function;
	}
	return outermost && mark == ';';
}

/* A variable without a value, or a name after the struct's body, is defined too. */
static enum fit fit_of(const struct reader *reader)
{
	if (reader->fit == FIT_DECLARED && reader->function)
		return FIT_FUNCTION;
	if (reader->fit == FIT_DECLARED && reader->body)
		return FIT_DEFINED;
	return reader->fit;
}

/* Past the blanks and the comments before the item; where it starts with the comment that stands right above it. */
static const char *item_start(struct reader *reader)
{
	const char *comment = NULL;
	size_t length;

	for (;; reader->at += length) {
		enum token token = token_at(reader->at, true, &length);
		if (token == TOKEN_COMMENT) {
			comment = comment ? comment : reader->at;
		} else if (token == TOKEN_BLANK) {
			const char *first = memchr(reader->at, '\n', length);
			bool empty_line = first && memchr(first + 1, '\n', length - (size_t)(first + 1 - reader->at));
			comment = empty_line ? NULL : comment;
		} else {
			return comment ? comment : reader->at;
		}
	}
}

/* Past what stands after the item on its last line. */
static void finish_line(struct reader *reader)
{
	const char *behind = reader->at + strspn(reader->at, " \t");
	size_t length;

	if (token_at(behind, false, &length) == TOKEN_COMMENT)
		reader->at = behind + length;
}

static bool defines(const char *directive, const char *name)
{
	directive++;
	directive += strspn(directive, " \t");
	if (strncmp(directive, "define", 6) != 0)
		return false;
	directive += 6;
	return word_is(directive + strspn(directive, " \t"), name);
}

/* Reads one item from reader->at on, and how well it fits. False at the end of the source. */
static bool read_item(struct reader *reader)
{
	size_t length;
	enum token token = token_at(reader->at, true, &length);

	*reader = (struct reader){.at = reader->at, .name = reader->name, .tags = reader->tags};
	if (token == TOKEN_END)
		return false;
	if (token == TOKEN_DIRECTIVE) {
		reader->fit = !reader->tags && defines(reader->at, reader->name) ? FIT_DEFINED : FIT_NONE;
		reader->at += length;
		return true;
	}
	for (bool done = false; !done && token != TOKEN_END; token = token_at(reader->at, false, &length)) {
		const char *text = reader->at;
		reader->at += length;
		if (token == TOKEN_BLANK || token == TOKEN_COMMENT)
			continue;
		if (token == TOKEN_WORD)
			read_word(reader, text);
		else
			done = token == TOKEN_MARK && read_mark(reader, *text);
		if (token != TOKEN_WORD)
			reader->word = NULL;
		reader->before = text[length - 1];
	}
	finish_line(reader);
	return true;
}

char *docs_excerpt(const char *source, const char *name)
{
	static const char *const tags[] = {"struct ", "union ", "enum "};
	struct reader reader = {.at = source, .name = name};
	const char *best = NULL;
	enum fit best_fit = FIT_NONE;
	size_t best_length = 0;

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (strncmp(name, tags[i], strlen(tags[i])) == 0) {
			reader.name = name + strlen(tags[i]);
			reader.tags = true;
		}
	for (;;) {
		const char *start = item_start(&reader);
		if (!read_item(&reader))
			break;
		enum fit fit = fit_of(&reader);
		if (fit <= best_fit)
			continue;
		best_fit = fit;
		best = start;
		best_length = (size_t)(reader.at - start);
	}
	return best ? mem_format("%.*s\n", (int)best_length, best) : NULL;
}
