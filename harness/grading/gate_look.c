/* The first look, at the words of the source, and the same at what the preprocessor leaves of it. See gate.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lexer.h"
#include "base/mem.h"
#include "base/text.h"
#include "gate_words.h"

struct looking {
	const struct gate *gate;
	enum gate_answer answer;
	char *evidence;
	bool in_attribute;
	int depth; /* of its brackets */
	bool expanded;
	const char *file; /* its name in the expanded source, which macros of the system's put into texts */
	char *said;	  /* the texts that stand together, in the expanded source, joined */
};

/* The first of the worst. */
static void note(struct looking *looking, enum gate_answer answer, const struct lexeme *token, const char *what)
{
	if (answer <= looking->answer)
		return;
	free(looking->evidence);
	looking->answer = answer;
	looking->evidence = mem_format("line %u%s: %s: '%.*s'", token->line,
				       looking->expanded ? ", as the preprocessor leaves it" : "", what,
				       (int)(token->length < 80 ? token->length : 80), token->at);
}

/* --- directives --- */

static bool is_one_of(const struct lexeme *word, const char *const *list)
{
	for (; *list; list++)
		if (lexeme_is(word, *list))
			return true;
	return false;
}

/* A file of the kit is one name below kit/: no way leads on from there. */
static bool is_of_kit(const char *at, size_t length)
{
	return length > 4 && strncmp(at, "kit/", 4) == 0 && !memchr(at + 4, '/', length - 4);
}

static void look_at_include(struct looking *looking, struct lexer *lexer, const struct lexeme *directive)
{
	struct lexeme token = lexer_next(lexer);

	if (token.first || (token.kind != LEXEME_TEXT && *token.at != '<')) {
		note(looking, GATE_TAMPERED, directive, "an include that does not name its file");
		return;
	}
	/* "<a/b.h>" is no text to a lexer that knows no directives, and may begin with "<=" or the like. */
	if (token.kind == LEXEME_MARK) {
		size_t length = strcspn(token.at + 1, ">\n");
		token.length = length + 2;
		lexer->at = token.at + 1 + length + (token.at[1 + length] == '>');
	}
	const char *name = token.at + 1;
	size_t length = token.length < 2 ? 0 : token.length - 2;
	if (!gate_has_header(looking->gate, name, length) && !gate_is_header(name, length) && !is_of_kit(name, length))
		note(looking, GATE_TAMPERED, &token, "a file that is none of the exercise's");
}

/* "#pragma once" and "#pragma STDC ..." change nothing that a judge sees. */
static void look_at_directive(struct looking *looking, struct lexer *lexer)
{
	static const char *const files[] = {"include_next", "import", "embed", NULL};
	static const char *const others[] = {"line", "ident", "sccs", "assert", NULL};
	struct lexeme token = lexer_next(lexer);

	if (token.first)
		return;
	if (lexeme_is(&token, "include")) {
		look_at_include(looking, lexer, &token);
	} else if (is_one_of(&token, files)) {
		note(looking, GATE_TAMPERED, &token, "a directive that takes in files");
	} else if (token.kind == LEXEME_NUMBER) {
		note(looking, GATE_TAMPERED, &token, "a line of another file's, as the preprocessor writes it");
	} else if (lexeme_is(&token, "pragma")) {
		struct lexeme what = lexer_next(lexer);
		if (!lexeme_is(&what, "once") && !lexeme_is(&what, "STDC"))
			note(looking, GATE_TAMPERED, &what, "a pragma");
	} else if (is_one_of(&token, others)) {
		note(looking, GATE_SUSPICIOUS, &token, "a directive that no exercise needs");
	} else if (lexeme_is(&token, "define") || lexeme_is(&token, "undef")) {
		struct lexeme name = lexer_next(lexer);
		if (lexeme_begins(&name, "pthread_") || lexeme_begins(&name, "__") || lexeme_begins(&name, "sem_") ||
		    lexeme_is(&name, "assert"))
			note(looking, GATE_TAMPERED, &name, "a macro in the place of a name of the system's");
	}
}

/* --- words --- */

static void look_at_word(struct looking *looking, const struct lexeme *token, const struct lexeme *before,
			 const struct lexeme *after)
{
	if (gate_has_word(looking->gate, token->at, token->length))
		return;
	if (looking->expanded && lexeme_begins(token, "__builtin_") && !gate_is_builtin(token->at, token->length))
		note(looking, GATE_UNKNOWN, token, gate_bypass);
	for (const struct gate_suspect *suspect = gate_suspects; suspect->word; suspect++) {
		/* The system's macros lead to names of its own; which functions are called stands in the object. */
		if (looking->expanded && (suspect->what == gate_bypass || suspect->answer == GATE_SUSPICIOUS))
			continue;
		if (!gate_suspects_word(suspect, token))
			continue;
		bool called = lexeme_is(after, "(") && !lexeme_is(before, ".") && !lexeme_is(before, "->");
		note(looking, gate_is_function(suspect) && !called ? GATE_SUSPICIOUS : suspect->answer, token,
		     suspect->what);
	}
	if (lexeme_is(token, "main") && lexeme_is(after, "("))
		note(looking, GATE_TAMPERED, token, "a main() of its own");
	if (gate_is_attribute(token->at, token->length) && (lexeme_is(before, "(") || lexeme_is(before, ",")) &&
	    (lexeme_is(after, ")") || lexeme_is(after, "(") || lexeme_is(after, ",")))
		note(looking, looking->in_attribute ? GATE_TAMPERED : GATE_SUSPICIOUS, token, gate_attribute);
}

/* A name in the brackets of __attribute__ that is not known to change nothing. */
static void look_at_attribute(struct looking *looking, const struct lexeme *token)
{
	struct lexeme name = *token;

	if (name.length > 4 && lexeme_begins(&name, "__")) {
		name.at += 2;
		name.length -= 4;
	}
	if (!gate_is_harmless(name.at, name.length))
		note(looking, looking->expanded ? GATE_UNKNOWN : GATE_SUSPICIOUS, token, "an attribute");
}

/* From __attribute__ to the bracket that closes it. */
static void follow_attribute(struct looking *looking, const struct lexeme *token)
{
	/* Two brackets open the list; what stands deeper are arguments. */
	if (looking->in_attribute && looking->depth == 2 && token->kind == LEXEME_WORD)
		look_at_attribute(looking, token);
	if (token->kind == LEXEME_WORD && lexeme_begins(token, "__attribute")) {
		looking->in_attribute = true;
		looking->depth = 0;
	} else if (looking->in_attribute && token->kind != LEXEME_MARK) {
		looking->in_attribute = looking->depth > 0;
		if (!looking->in_attribute)
			note(looking, GATE_SUSPICIOUS, token, "an attribute without its brackets");
	} else if (looking->in_attribute) {
		looking->depth += lexeme_is(token, "(") - lexeme_is(token, ")");
		looking->in_attribute = looking->depth > 0;
	}
}

static bool mentions(const struct lexeme *token, const char *words)
{
	size_t length = strlen(words);

	for (size_t i = 0; i + length <= token->length; i++)
		if (strncmp(token->at + i, words, length) == 0)
			return true;
	return false;
}

static void look_at_text(struct looking *looking, const struct lexeme *token)
{
	static const char *const names[] = {"__tsan", "__asan", "__sanitizer", "LOOSE_", "LD_PRELOAD", "TSAN_OPTIONS"};
	static const char *const places[] = {"/proc/", "solutions/", "/dev/shm", "build/run", "valgrind"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (mentions(token, names[i]))
			note(looking, GATE_TAMPERED, token, gate_hook);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (mentions(token, places[i]))
			note(looking, GATE_SUSPICIOUS, token, "a place where the judge is at home");
}

static void look_at_mark(struct looking *looking, struct lexer *lexer, const struct lexeme *token)
{
	if (token->first && (lexeme_is(token, "#") || lexeme_is(token, "%:")))
		look_at_directive(looking, lexer);
	else if (lexeme_is(token, "##") || lexeme_is(token, "%:"))
		note(looking, GATE_SUSPICIOUS, token, "a name that is pasted together");
	else if (*token->at == '\\')
		note(looking, GATE_TAMPERED, token, "a name with a number for a letter");
}

/* What the compiler reads as other characters. */
static void look_for_trigraphs(struct looking *looking, const char *text)
{
	unsigned line = 1;

	for (const char *at = text; *at; at++) {
		line += *at == '\n';
		if (strncmp(at, "??", 2) == 0 && at[2] && strchr("=/'()!<>-", at[2]))
			note(looking, GATE_TAMPERED, &(struct lexeme){LEXEME_MARK, at, 3, line, false}, "a trigraph");
	}
}

/*
 * Two texts side by side are one to the compiler. Of what came before only the end is kept, which is longer than any word that
 * is looked for: a file of nothing but texts is read once, and not again with each of them.
 */
static void look_at_joined_texts(struct looking *looking, const struct lexeme *token, const struct lexeme *before)
{
	enum { KEPT = 64 };
	const char *said = before->kind == LEXEME_TEXT && looking->said ? looking->said : "";
	size_t length = strlen(said);
	char *all = mem_format("%s%.*s", said + (length > KEPT ? length - KEPT : 0),
			       (int)(token->length > 2 ? token->length - 2 : 0), token->at + 1);
	const struct lexeme whole = {LEXEME_TEXT, all, strlen(all), token->line, false};

	if (!looking->file || strcmp(all, looking->file) != 0)
		look_at_text(looking, &whole);
	free(looking->said);
	looking->said = all;
}

static void look_at_tokens(struct looking *looking, const char *whole)
{
	struct lexer lexer = lexer_of(whole);
	struct lexeme before = {.kind = LEXEME_END, .at = whole};

	for (struct lexeme token; (token = lexer_next(&lexer)).kind != LEXEME_END; before = token) {
		struct lexer ahead = lexer;
		struct lexeme after = lexer_next(&ahead);
		follow_attribute(looking, &token);
		if (token.kind == LEXEME_WORD)
			look_at_word(looking, &token, &before, &after);
		else if (token.kind == LEXEME_TEXT)
			look_at_joined_texts(looking, &token, &before);
		else
			look_at_mark(looking, &lexer, &token);
	}
	free(looking->said);
	looking->said = NULL;
}

enum gate_answer gate_look(const struct gate *gate, const char *text, char **evidence)
{
	struct looking looking = {.gate = gate, .answer = GATE_ALLOWED};
	char *whole = lexer_joined(text);

	look_for_trigraphs(&looking, text);
	look_at_tokens(&looking, whole);
	free(whole);
	*evidence = looking.evidence;
	return looking.answer;
}

/* --- what the preprocessor leaves --- */

/*
 * A line '# 12 "FILE" 1' begins a file that is taken in, one with a 2 comes back from it. A #line of the source has
 * no such number, and a line like this one in the source is refused at the first look.
 */
static int follow_depth(const char *line, size_t length)
{
	const char *flags = line + length;

	while (flags > line && flags[-1] != '"')
		flags--;
	for (; flags < line + length; flags++)
		if (*flags == '1' || *flags == '2')
			return *flags == '1' ? 1 : -1;
	return 0;
}

/* Lines of the file itself, at their numbers. For the caller to free. */
static char *own_lines(const char *text)
{
	enum { MOST_PADDED = 1000000 }; /* in all: a #line may say any number, again and again */
	struct text own;
	FILE *out = text_open(&own);
	long line = 1, wanted = 1, padded = 0;
	int depth = 0;

	for (size_t length; *text; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		if (text[0] == '#' && text[1] == ' ' && isdigit((unsigned char)text[2])) {
			depth += follow_depth(text, length);
			depth = depth < 0 ? 0 : depth;
			if (depth == 0)
				wanted = atol(text + 2);
			continue;
		}
		if (depth > 0)
			continue;
		for (; line < wanted && padded < MOST_PADDED; line++, padded++)
			fputc('\n', out);
		fprintf(out, "%.*s\n", (int)length, text);
		wanted = ++line;
	}
	return text_close(&own);
}

enum gate_answer gate_look_expanded(const struct gate *gate, const char *text, char **evidence)
{
	struct looking looking = {.gate = gate, .answer = GATE_ALLOWED, .expanded = true};
	char *own = own_lines(text), *name = NULL;

	/* The first line is '# 1 "FILE"'. */
	const char *quote = strchr(text, '"');
	if (quote)
		looking.file = name = mem_copy_n(quote + 1, strcspn(quote + 1, "\""));
	look_at_tokens(&looking, own);
	free(name);
	free(own);
	*evidence = looking.evidence;
	return looking.answer;
}
