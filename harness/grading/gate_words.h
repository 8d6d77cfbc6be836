/*
 * What the gate (gate.h) knows of words, whatever the exercise: those that no answer
 * needs, with what they are, and the headers, attributes and builtins that anybody may use.
 */
#ifndef LOOSE_GRADING_GATE_WORDS_H
#define LOOSE_GRADING_GATE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/lexer.h"
#include "gate.h"

struct gate_suspect {
	const char *word;
	bool start; /* of the word */
	enum gate_answer answer;
	const char *what; /* one of these below, or another sentence */
};

/* Until one without a word. */
extern const struct gate_suspect gate_suspects[];
extern const char gate_attribute[], gate_hook[], gate_bypass[];

/* Whether the word is it, or begins so. */
bool gate_suspects_word(const struct gate_suspect *suspect, const struct lexeme *word);
/* A function's name may be anybody's where it is not called: of a field, of a variable. */
bool gate_is_function(const struct gate_suspect *suspect);

/* C's and POSIX's. */
bool gate_is_header(const char *at, size_t length);
/* An attribute, without the underscores around it, that changes nothing of what a judge sees. */
bool gate_is_harmless(const char *at, size_t length);
/* An attribute by a word that is anybody's; in the brackets of an attribute it is not. */
bool gate_is_attribute(const char *at, size_t length);
/* Stands for a part of the language, or is the system's macros', in the source as the preprocessor leaves it. */
bool gate_is_builtin(const char *at, size_t length);

/* Of the exercise: gate.c's. */
bool gate_has_header(const struct gate *gate, const char *at, size_t length);
bool gate_has_word(const struct gate *gate, const char *at, size_t length);

#endif
