/*
 * What a detector reported, as data. Every parser in detectors/ produces
 * findings; verdict.c compares them with the declaration; report/ explains them.
 *
 * A finding is named by its kind and the function it is in, never by a line or
 * an address: those are brittle. Line and file are carried for the explanation.
 */
#ifndef LOOSE_FINDING_H
#define LOOSE_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

/* In the role of a stack: what was used is where a null pointer points, or a few bytes from there. */
#define NULL_POINTER "a null pointer"
/* At the end of the role of a thread that a signal met: what the signal came of. */
#define STACK_USED_UP ", for its stack is used up"

struct frame {
	char *function; /* never NULL; "?" when unknown */
	char *file;	/* absolute path of the source, NULL when unknown */
	int line;	/* 0 when unknown */
	bool own;	/* in the program's own sources: not kit, library or detector */
};

struct stack {
	/*
	 * What this stack is, in the detector's words with addresses, sizes of
	 * the process and thread numbers kept only where they are the same in
	 * every run: "Read of size 4 by thread evict_loop",
	 * "Previous write of size 8 by main thread".
	 */
	char *role;
	struct frame *frames; /* innermost first */
	size_t count;
};

struct finding {
	char *kind;	/* the detector's own name for it: "data-race", "Race" */
	char *function; /* innermost own frame of the first stack; "?" if none */
	char *file;	/* of that frame; NULL when unknown */
	int line;	/* of that frame; 0 when unknown */
	char *words;	/* the detector's headline, without addresses */
	struct stack *stacks;
	size_t stack_count;
};

struct findings {
	struct finding *items;
	size_t count;
};

/* Appends an empty finding of this kind; it is owned by `all`. */
struct finding *findings_add(struct findings *all, const char *kind);
/* Appends an empty stack; it is owned by `finding`. */
struct stack *finding_add_stack(struct finding *finding, const char *role);
/* Appends a frame; file may be NULL. */
void stack_add_frame(struct stack *stack, const char *function, const char *file, int line, bool own);
/* Frees what the stack owns. */
void stack_release(struct stack *stack);
/* Fills function, file and line from the first stack that has an own frame. */
void finding_place(struct finding *finding);
/* Of those with the same kind, function, file and line, keeps the first: what a loop reports again is one finding. */
void findings_merge(struct findings *all);
/* Frees what `all` owns and leaves it empty. */
void findings_release(struct findings *all);

/* The findings as a JSON array (new reference), and back; false if `array` is not one that findings_to_json made. */
json_t *findings_to_json(const struct findings *all);
bool findings_from_json(const json_t *array, struct findings *all);

#endif
