#include "tokens.h"

#include <stdlib.h>
#include <string.h>

#include "base/lexer.h"
#include "base/mem.h"

static void pair_brackets(struct tokens *tokens)
{
	size_t *open = mem_zeroed(tokens->count + 1, sizeof *open), depth = 0;

	for (size_t i = 0; i < tokens->count; i++) {
		char mark = tokens->source[tokens->items[i].start];
		if (tokens->items[i].kind != TOKEN_MARK)
			continue;
		if (strchr("([{", mark)) {
			open[depth++] = i;
		} else if (strchr(")]}", mark) && depth) {
			tokens->items[i].partner = open[--depth];
			tokens->items[open[depth]].partner = i;
		}
	}
	free(open);
}

/* --- statements --- */

static size_t read_statement(struct tokens *tokens, size_t at, size_t end, size_t parent, bool in_block);

static size_t add_statement(struct tokens *tokens, size_t first, size_t parent, bool in_block)
{
	tokens->statements = mem_resize(tokens->statements, tokens->statement_count + 1, sizeof *tokens->statements);
	tokens->statements[tokens->statement_count] =
		(struct statement){.first = first, .last = first, .parent = parent, .in_block = in_block};
	return tokens->statement_count++;
}

static void read_block(struct tokens *tokens, size_t open, size_t parent)
{
	size_t close = tokens->items[open].partner;

	for (size_t at = open + 1; at < close;)
		at = read_statement(tokens, at, close, parent, true);
}

/* What follows the brackets of an if or a loop. */
static size_t read_controlled(struct tokens *tokens, size_t at, size_t end, size_t self)
{
	bool branches = token_is(tokens, at, "if");

	if (token_is(tokens, at + 1, "(") && tokens->items[at + 1].partner != NO_TOKEN)
		at = tokens->items[at + 1].partner;
	at = read_statement(tokens, at + 1, end, self, false);
	if (branches && at < end && token_is(tokens, at, "else"))
		at = read_statement(tokens, at + 1, end, self, false);
	return at;
}

/* The first token after the ';' that ends what begins at `at`, or after the ':' of a label. */
static size_t after_simple(const struct tokens *tokens, size_t at, size_t end, const char *mark)
{
	while (at < end && !token_is(tokens, at, mark)) {
		size_t partner = tokens->items[at].partner;
		at = partner != NO_TOKEN && partner > at ? partner + 1 : at + 1;
	}
	return at < end ? at + 1 : end;
}

static size_t read_statement(struct tokens *tokens, size_t at, size_t end, size_t parent, bool in_block)
{
	static const char *const controls[] = {"if", "while", "for", "switch", NULL};

	while (at < end && (token_is(tokens, at, "case") || token_is(tokens, at, "default")))
		at = after_simple(tokens, at, end, ":");
	if (at >= end)
		return end;
	size_t self = add_statement(tokens, at, parent, in_block), next;
	if (token_is(tokens, at, "{") && tokens->items[at].partner != NO_TOKEN) {
		read_block(tokens, at, self);
		next = tokens->items[at].partner + 1;
	} else if (token_is_one(tokens, at, controls)) {
		next = read_controlled(tokens, at, end, self);
	} else if (token_is(tokens, at, "do")) {
		next = after_simple(tokens, read_statement(tokens, at + 1, end, self, false), end, ";");
	} else {
		next = after_simple(tokens, at, end, ";");
		tokens->statements[self].simple = true;
	}
	tokens->statements[self].last = next - 1;
	return next;
}

/* --- functions --- */

static void add_function(struct tokens *tokens, size_t name, size_t first, size_t open)
{
	tokens->functions = mem_resize(tokens->functions, tokens->function_count + 1, sizeof *tokens->functions);
	tokens->functions[tokens->function_count++] = (struct function){.name = tokens_text(tokens, name, name),
									.first = first,
									.open = open,
									.close = tokens->items[open].partner};
	read_block(tokens, open, NO_TOKEN);
}

static void find_functions(struct tokens *tokens)
{
	size_t first = 0;

	for (size_t at = 0; at < tokens->count; at++) {
		size_t partner = tokens->items[at].partner;
		if (token_is(tokens, at, ";")) {
			first = at + 1;
		} else if (partner != NO_TOKEN && partner > at) {
			bool body = token_is(tokens, at, "{") && at && token_is(tokens, at - 1, ")");
			size_t arguments = body ? tokens->items[at - 1].partner : NO_TOKEN;
			if (body && arguments != NO_TOKEN && arguments > 0)
				add_function(tokens, arguments - 1, first, at);
			at = partner;
			first = body ? at + 1 : first;
		}
	}
}

static void add_token(struct tokens *tokens, const struct lexeme *one)
{
	static const enum token_kind kinds[] = {[LEXEME_WORD] = TOKEN_WORD,
						[LEXEME_NUMBER] = TOKEN_NUMBER,
						[LEXEME_TEXT] = TOKEN_TEXT,
						[LEXEME_MARK] = TOKEN_MARK};
	size_t start = (size_t)(one->at - tokens->source);

	tokens->items = mem_resize(tokens->items, tokens->count + 1, sizeof *tokens->items);
	tokens->items[tokens->count++] = (struct token){
		.kind = kinds[one->kind], .start = start, .end = start + one->length, .partner = NO_TOKEN};
}

void tokens_read(struct tokens *tokens, const char *source)
{
	struct lexer lexer = lexer_of(source);

	*tokens = (struct tokens){.source = source};
	for (struct lexeme one; (one = lexer_next(&lexer)).kind != LEXEME_END;) {
		if (one.first && lexeme_is(&one, "#"))
			lexer_skip_line(&lexer);
		else
			add_token(tokens, &one);
	}
	pair_brackets(tokens);
	find_functions(tokens);
}

void tokens_release(struct tokens *tokens)
{
	for (size_t i = 0; i < tokens->function_count; i++)
		free(tokens->functions[i].name);
	free(tokens->functions);
	free(tokens->statements);
	free(tokens->items);
	*tokens = (struct tokens){0};
}

/* --- what is asked of them --- */

bool token_is(const struct tokens *tokens, size_t at, const char *text)
{
	if (at >= tokens->count)
		return false;
	const struct token *token = &tokens->items[at];
	size_t length = token->end - token->start;
	return token->kind != TOKEN_TEXT && strlen(text) == length &&
	       memcmp(tokens->source + token->start, text, length) == 0;
}

bool token_is_one(const struct tokens *tokens, size_t at, const char *const *words)
{
	for (; *words; words++)
		if (token_is(tokens, at, *words))
			return true;
	return false;
}

char *tokens_text(const struct tokens *tokens, size_t first, size_t last)
{
	size_t start = tokens->items[first].start;

	return mem_copy_n(tokens->source + start, tokens->items[last].end - start);
}

const struct function *tokens_function(const struct tokens *tokens, size_t at)
{
	for (size_t i = 0; i < tokens->function_count; i++)
		if (tokens->functions[i].first <= at && at <= tokens->functions[i].close)
			return &tokens->functions[i];
	return NULL;
}

const struct statement *tokens_statement(const struct tokens *tokens, size_t at)
{
	const struct statement *innermost = NULL;

	for (size_t i = 0; i < tokens->statement_count; i++)
		if (tokens->statements[i].first <= at && at <= tokens->statements[i].last)
			innermost = &tokens->statements[i];
	return innermost;
}

const struct statement *tokens_next(const struct tokens *tokens, const struct statement *statement)
{
	const struct statement *all = tokens->statements;

	for (size_t i = (size_t)(statement - all) + 1; statement->in_block && i < tokens->statement_count; i++)
		if (all[i].first > statement->last)
			return all[i].parent == statement->parent && all[i].first == statement->last + 1 ? &all[i]
													 : NULL;
	return NULL;
}

bool tokens_argument(const struct tokens *tokens, size_t open, size_t n, size_t *first, size_t *last)
{
	size_t close = tokens->items[open].partner, at = open + 1;

	if (close == NO_TOKEN || close == at)
		return false;
	for (*first = at; at < close && !(n == 0 && token_is(tokens, at, ","));) {
		size_t partner = tokens->items[at].partner;
		if (token_is(tokens, at, ",")) {
			n--;
			*first = at + 1;
		}
		at = partner != NO_TOKEN && partner > at ? partner + 1 : at + 1;
	}
	*last = at - 1;
	return n == 0;
}
