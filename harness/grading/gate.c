#include "gate.h"

#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/lexer.h"
#include "base/mem.h"
#include "gate_words.h"

struct words {
	char **items;
	size_t count;
};

struct gate {
	struct words headers, right, names;
	struct words kit, own; /* names that the kit's headers declare, and the words of the exercise's headers */
	struct words called;   /* words of `right` before a bracket, where they name a function and not a member */
};

static bool has(const struct words *words, const char *at, size_t length)
{
	for (size_t i = 0; i < words->count; i++)
		if (words->items[i][0] == *at && strlen(words->items[i]) == length &&
		    strncmp(words->items[i], at, length) == 0)
			return true;
	return false;
}

static void add(struct words *words, const char *at, size_t length)
{
	if (has(words, at, length))
		return;
	words->items = mem_resize(words->items, words->count + 1, sizeof *words->items);
	words->items[words->count++] = mem_copy_n(at, length);
}

static void words_release(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i]);
	free(words->items);
}

static void learn(struct gate *gate, const char *right)
{
	char *text = lexer_joined(right);
	struct lexer lexer = lexer_of(text);
	struct lexeme before = {.kind = LEXEME_END}, of = before;

	for (struct lexeme token; (token = lexer_next(&lexer)).kind != LEXEME_END; of = before, before = token) {
		if (token.kind == LEXEME_WORD)
			add(&gate->right, token.at, token.length);
		if (lexeme_is(&token, "(") && before.kind == LEXEME_WORD && !lexeme_is(&of, ".") &&
		    !lexeme_is(&of, "->"))
			add(&gate->called, before.at, before.length);
	}
	free(text);
}

/* Words before a bracket: what is declared, and macros. */
static void learn_kit(struct gate *gate, const char *header)
{
	struct lexer lexer = lexer_of(header);
	struct lexeme before = {.kind = LEXEME_END};

	for (struct lexeme one; (one = lexer_next(&lexer)).kind != LEXEME_END; before = one)
		if (lexeme_is(&one, "(") && before.kind == LEXEME_WORD)
			add(&gate->kit, before.at, before.length);
}

static void learn_own(struct gate *gate, const char *header)
{
	struct lexer lexer = lexer_of(header);

	learn(gate, header);
	for (struct lexeme one; (one = lexer_next(&lexer)).kind != LEXEME_END;)
		if (one.kind == LEXEME_WORD)
			add(&gate->own, one.at, one.length);
}

static bool is_any_of_exercise(const struct gate *gate, char *triggers)
{
	char *rest = NULL;

	for (char *word = strtok_r(triggers, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest))
		if (has(&gate->right, word, strlen(word)))
			return true;
	return false;
}

void gate_add_names(struct gate *gate, const char *list)
{
	char *text = mem_copy(list), *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *triggers = strstr(line, "::"), *more = NULL;
		if (*line == '#' || (triggers && !is_any_of_exercise(gate, triggers + 2)))
			continue;
		if (triggers)
			*triggers = '\0';
		for (char *name = strtok_r(line, " \t", &more); name; name = strtok_r(NULL, " \t", &more))
			add(&gate->names, name, strlen(name));
	}
	free(text);
}

bool gate_allows(const struct gate *gate, const char *name)
{
	return has(&gate->names, name, strlen(name)) || has(&gate->right, name, strlen(name));
}

bool gate_allows_of_system(const struct gate *gate, const char *name)
{
	return has(&gate->names, name, strlen(name)) || has(&gate->called, name, strlen(name));
}

bool gate_is_of_kit(const struct gate *gate, const char *name)
{
	return has(&gate->kit, name, strlen(name)) && !has(&gate->own, name, strlen(name));
}

bool gate_is_of_exercise(const struct gate *gate, const char *word)
{
	return has(&gate->right, word, strlen(word));
}

struct gate *gate_new(const char *const *headers, const char *const *right)
{
	struct gate *gate = mem_zeroed(1, sizeof *gate);

	for (; *headers; headers++)
		add(&gate->headers, *headers, strlen(*headers));
	for (; *right; right++)
		learn(gate, *right);
	return gate;
}

/* Of the file at `path` below the root; nothing is learned of one that is not there. */
static void with_file(struct gate *gate, const char *root, const char *path,
		      void (*take)(struct gate *gate, const char *text))
{
	char *whole = mem_format("%s/%s", root, path), *text = file_read(whole);

	if (text)
		take(gate, text);
	free(text);
	free(whole);
}

struct gate *gate_of(const struct catalogue *catalogue, const char *pitfall)
{
	static const char *const none[] = {NULL};
	struct gate *gate = gate_new(none, none);
	char *folder = mem_format("exercises/%s", pitfall), **headers = files_in(catalogue->root, folder, "h");
	char *own_names = mem_format("%s/names", folder);

	for (char **header = headers; *header; header++) {
		const char *name = strrchr(*header, '/') + 1;
		add(&gate->headers, name, strlen(name));
		with_file(gate, catalogue->root, *header, learn_own);
	}
	char **kit = files_in(catalogue->root, "chapters/kit", "h");
	for (char **header = kit; *header; header++)
		with_file(gate, catalogue->root, *header, learn_kit);
	files_free(kit);
	for (size_t i = 0; i < catalogue->count; i++) {
		const struct program *program = &catalogue->programs[i];
		bool right = program->role == ROLE_SOLUTION || program->role == ROLE_ALSO_RIGHT ||
			     program->role == ROLE_STARTER;
		if (!right || strcmp(program->pitfall, pitfall) != 0)
			continue;
		with_file(gate, catalogue->root, program->path, learn);
	}
	with_file(gate, catalogue->root, "harness/grading/names", gate_add_names);
	with_file(gate, catalogue->root, own_names, gate_add_names);
	files_free(headers);
	free(own_names);
	free(folder);
	return gate;
}

void gate_free(struct gate *gate)
{
	if (!gate)
		return;
	words_release(&gate->headers);
	words_release(&gate->right);
	words_release(&gate->names);
	words_release(&gate->kit);
	words_release(&gate->own);
	words_release(&gate->called);
	free(gate);
}

bool gate_has_header(const struct gate *gate, const char *at, size_t length)
{
	return has(&gate->headers, at, length);
}

bool gate_has_word(const struct gate *gate, const char *at, size_t length)
{
	return has(&gate->right, at, length);
}
