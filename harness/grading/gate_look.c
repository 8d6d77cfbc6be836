/* The first look, at the words of the source, and the same at what the preprocessor leaves of it. See gate.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lexer.h"
#include "base/mem.h"
#include "base/text.h"
#include "gate_words.h"

static const char gate_needless[] = "a directive that no exercise needs",
		  gate_elsewhere[] = "lines that say that they are another file's";

struct looking {
	const struct gate *gate;
	enum gate_answer answer;
	char *evidence;
	bool in_attribute;
	int depth; /* of its brackets */
	bool expanded;
	const char *file; /* its name in the expanded source, which macros of the system's put into texts */
	char **own;	  /* its static functions: a call of one of these is not a call of another that has the name */
	size_t own_count;
	char *said; /* the texts that stand together, in the expanded source, joined */
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

/* A header of the kit is one name below kit/: no way leads on from there, and its sources are linked with it already. */
static bool is_of_kit(const char *at, size_t length)
{
	return length > 6 && strncmp(at, "kit/", 4) == 0 && !memchr(at + 4, '/', length - 4) &&
	       strncmp(at + length - 2, ".h", 2) == 0;
}

static void look_at_include(struct looking *looking, struct lexer *lexer, const struct lexeme *directive)
{
	struct lexeme token = lexer_next(lexer);

	if (token.first || (token.kind != LEXEME_TEXT && *token.at != '<')) {
		note(looking, GATE_TAMPERED, directive, "an include that does not name its file");
		return;
	}
	/* "<a/b.h>" is not text to a lexer that knows no directives, and may begin with "<=" or the like. */
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

/* clang takes the line as it stands, whether a comment begins in it or not; but a line that is left out it reads word by word. */
static void look_at_message(struct looking *looking, struct lexer *lexer, const struct lexeme *directive)
{
	size_t length = strcspn(lexer->at, "\n");

	for (const char *at = lexer->at; at < lexer->at + length; at++) {
		if (strncmp(at, "/*", 2) != 0)
			continue;
		/* A look beyond the line would be one at the whole file, for each such line. */
		const char *end = at + 2;
		while (end < lexer->at + length && strncmp(end, "*/", 2) != 0)
			end++;
		if (end == lexer->at + length) {
			note(looking, GATE_UNKNOWN, directive,
			     "a message with a comment that does not end on its line");
			return;
		}
		at = end + 1;
	}
}

/* A number alone counts its lines anew. With a name, of which a macro may be made, what is found is shown in that file. */
static void look_at_line(struct looking *looking, struct lexer *lexer, const struct lexeme *directive)
{
	struct lexer ahead = *lexer;

	for (struct lexeme token; (token = lexer_next(&ahead)).kind != LEXEME_END && !token.first;)
		if (token.kind != LEXEME_NUMBER) {
			note(looking, GATE_TAMPERED, &token, gate_elsewhere);
			return;
		}
	note(looking, GATE_SUSPICIOUS, directive, gate_needless);
}

/* What changes nothing that a judge sees: a warning that is switched off, or a part that an editor folds. */
static bool is_harmless_pragma(const struct lexeme *what, struct lexer *lexer)
{
	static const char *const harmless[] = {"once", "STDC", "region", "endregion", "mark", NULL};
	static const char *const compilers[] = {"GCC", "clang", NULL};

	if (is_one_of(what, harmless))
		return true;
	struct lexer ahead = *lexer;
	struct lexeme of = lexer_next(&ahead);
	return is_one_of(what, compilers) && !of.first && lexeme_is(&of, "diagnostic");
}

static void look_at_directive(struct looking *looking, struct lexer *lexer)
{
	static const char *const files[] = {"include_next", "import", "embed", NULL};
	static const char *const others[] = {"ident", "sccs", "assert", NULL};
	struct lexeme token = lexer_next(lexer);

	if (token.first)
		return;
	if (lexeme_is(&token, "warning") || lexeme_is(&token, "error")) {
		look_at_message(looking, lexer, &token);
	} else if (lexeme_is(&token, "include")) {
		look_at_include(looking, lexer, &token);
	} else if (is_one_of(&token, files)) {
		note(looking, GATE_TAMPERED, &token, "a directive that takes in files");
	} else if (token.kind == LEXEME_NUMBER) {
		note(looking, GATE_TAMPERED, &token, "a line of another file's, as the preprocessor writes it");
	} else if (lexeme_is(&token, "pragma")) {
		struct lexeme what = lexer_next(lexer);
		if (!is_harmless_pragma(&what, lexer))
			note(looking, GATE_TAMPERED, &what, "a pragma");
	} else if (lexeme_is(&token, "line")) {
		look_at_line(looking, lexer, &token);
	} else if (is_one_of(&token, others)) {
		note(looking, GATE_SUSPICIOUS, &token, gate_needless);
	} else if (lexeme_is(&token, "define") || lexeme_is(&token, "undef")) {
		struct lexeme name = lexer_next(lexer);
		if (lexeme_begins(&name, "pthread_") || lexeme_begins(&name, "__") || lexeme_begins(&name, "sem_") ||
		    lexeme_is(&name, "assert"))
			note(looking, GATE_TAMPERED, &name, "a macro in the place of a name of the system's");
	}
}

/* --- words --- */

static bool is_own(const struct looking *looking, const struct lexeme *word)
{
	for (size_t i = 0; i < looking->own_count; i++)
		if (lexeme_is(word, looking->own[i]))
			return true;
	return false;
}

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
		/* Which function of the name is called, if it has one of its own too, stands in the object. */
		bool called = lexeme_is(after, "(") && !lexeme_is(before, ".") && !lexeme_is(before, "->") &&
			      !is_own(looking, token);
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

static bool is_suspect(const struct lexeme *word)
{
	for (const struct gate_suspect *suspect = gate_suspects; suspect->word; suspect++)
		if (gate_suspects_word(suspect, word))
			return true;
	return false;
}

/* What the file defines for itself alone, by the word after "static" that a bracket follows. Nobody needs many of these. */
static void learn_own(struct looking *looking, const char *whole)
{
	struct lexer lexer = lexer_of(whole);
	struct lexeme before = {.kind = LEXEME_END};
	enum { MOST_OWN = 64 };
	bool after_static = false;

	for (struct lexeme one; (one = lexer_next(&lexer)).kind != LEXEME_END; before = one) {
		if (lexeme_is(&one, "(") && after_static && before.kind == LEXEME_WORD && is_suspect(&before) &&
		    looking->own_count < MOST_OWN) {
			looking->own = mem_resize(looking->own, looking->own_count + 1, sizeof *looking->own);
			looking->own[looking->own_count++] = mem_copy_n(before.at, before.length);
		}
		if (lexeme_is(&one, "static"))
			after_static = true;
		else if (one.kind != LEXEME_WORD && !lexeme_is(&one, "*"))
			after_static = false;
	}
}

static void look_at_tokens(struct looking *looking, const char *whole)
{
	struct lexer lexer = lexer_of(whole);
	struct lexeme before = {.kind = LEXEME_END, .at = whole};

	learn_own(looking, whole);
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
	for (size_t i = 0; i < looking->own_count; i++)
		free(looking->own[i]);
	free(looking->own);
}

/* --- the characters --- */

/* The length of the blank outside of ASCII that clang passes over there; 0: none. */
static size_t wide_blank(const char *at)
{
	static const char *const blanks[] = {
		"\xc2\x85",	"\xc2\xa0",	"\xe1\x9a\x80", "\xe1\xa0\x8e", "\xe2\x80\xa8",
		"\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
	};

	for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
		if (strncmp(at, blanks[i], strlen(blanks[i])) == 0)
			return strlen(blanks[i]);
	return strncmp(at, "\xe2\x80", 2) == 0 && (unsigned char)at[2] >= 0x80 && (unsigned char)at[2] <= 0x8a ? 3 : 0;
}

/* The character that a trigraph stands for; 0: it is none. */
static char trigraph(const char *at)
{
	static const char from[] = "=/'()!<>-", to[] = "#\\^[]|{}~";
	const char *found = strncmp(at, "??", 2) == 0 && at[2] ? strchr(from, at[2]) : NULL;

	return (char)(found ? to[found - from] : 0);
}

/*
 * The text as clang takes it for C11, before lines are joined: without the mark of its encoding, with one character for the end
 * of a line, and neither trigraphs nor blanks of other scripts. For the caller to free.
 */
static char *as_compiler_reads(const char *text)
{
	char *all = mem_zeroed(strlen(text) + 1, 1), *to = all;
	size_t blank;

	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	for (const char *at = text; *at;) {
		if (*at == '\r' || *at == '\n') {
			at += (at[1] == '\r' || at[1] == '\n') && at[1] != at[0] ? 2 : 1;
			*to++ = '\n';
		} else if (trigraph(at)) {
			*to++ = trigraph(at);
			at += 3;
		} else if ((blank = wide_blank(at))) {
			memset(to, ' ', blank);
			to += blank;
			at += blank;
		} else {
			*to++ = *at++;
		}
	}
	return all;
}

enum gate_answer gate_look(const struct gate *gate, const char *text, char **evidence)
{
	struct looking looking = {.gate = gate, .answer = GATE_ALLOWED};
	char *read = as_compiler_reads(text), *whole = lexer_joined(read);

	look_at_tokens(&looking, whole);
	free(whole);
	free(read);
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

/* "/usr/include/sys/types.h": an allowed name ends it. */
static bool is_allowed_path(const struct gate *gate, const char *path, size_t length)
{
	for (const char *at = path; at < path + length; at++) {
		size_t left = length - (size_t)(at - path);
		if (at != path && at[-1] != '/')
			continue;
		if (gate_has_header(gate, at, left) || gate_is_header(at, left) || is_of_kit(at, left))
			return true;
	}
	return false;
}

/* A file that the source has taken in, whatever its words have looked like. */
static void look_at_taken(struct looking *looking, const char *line, size_t length, unsigned number)
{
	const char *open = memchr(line, '"', length), *close = line + length;

	while (open && close > open + 1 && close[-1] != '"')
		close--;
	if (!open || close <= open + 2 || open[1] == '<')
		return;
	size_t named = (size_t)(close - open) - 2;
	if (!is_allowed_path(looking->gate, open + 1, named))
		note(looking, GATE_TAMPERED, &(struct lexeme){LEXEME_TEXT, open, named + 2, number, false},
		     "a file that is none of the exercise's");
}

/* The name between the marks of a line that begins with a number; of length 0: it has none. */
static const char *name_of_line(const char *line, size_t length, size_t *named)
{
	const char *open = memchr(line, '"', length);
	const char *close = open ? memchr(open + 1, '"', (size_t)(line + length - open) - 1) : NULL;

	*named = close ? (size_t)(close - open) - 1 : 0;
	return close ? open + 1 : "";
}

/* Neither the beginning of a file nor the way back from one: a #line, whose name must be the file's own. */
static void look_at_renamed(struct looking *looking, const char *line, size_t length, unsigned number)
{
	size_t named;
	const char *name = name_of_line(line, length, &named);

	if (named && *name != '<' && looking->file &&
	    (strlen(looking->file) != named || strncmp(name, looking->file, named) != 0))
		note(looking, GATE_TAMPERED, &(struct lexeme){LEXEME_TEXT, name, named, number, false}, gate_elsewhere);
}

/* Lines of the file itself, at their numbers. For the caller to free. */
static char *own_lines(struct looking *looking, const char *text)
{
	enum { MOST_PADDED = 1000000 }; /* in all: a #line may say any number, again and again */
	struct text own;
	FILE *out = text_open(&own);
	long line = 1, wanted = 1, padded = 0;
	int depth = 0;

	for (size_t length; *text; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		if (text[0] == '#' && text[1] == ' ' && isdigit((unsigned char)text[2])) {
			int step = follow_depth(text, length);
			if (depth == 0 && step > 0)
				look_at_taken(looking, text, length, (unsigned)line);
			else if (depth == 0 && step == 0)
				look_at_renamed(looking, text, length, (unsigned)line);
			depth += step;
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
	size_t length;
	const char *first = name_of_line(text, strcspn(text, "\n"), &length);
	char *name = length ? mem_copy_n(first, length) : NULL;

	/* The first line is '# 1 "FILE"'. */
	looking.file = name;
	char *own = own_lines(&looking, text);
	look_at_tokens(&looking, own);
	free(name);
	free(own);
	*evidence = looking.evidence;
	return looking.answer;
}
