/*
 * What `grade` writes into --out, from its state alone: one person after the other,
 * so that memory does not grow with the class.
 */
#ifndef LOOSE_COMMANDS_GRADES_H
#define LOOSE_COMMANDS_GRADES_H

#include "grading/record.h"
#include "grading/state.h"
#include "workbook/catalogue.h"

struct grades {
	const char *out;
	struct state *state;
	const struct submissions *all;
	const struct program *const *starters; /* of the exercises */
	size_t count;
};

struct grades_counts {
	size_t outcomes[GRADE_CANNOT_JUDGE + 1], suspicious;
};

/* 0, or an exit status after a line on standard error. */
int grades_write(const struct grades *grades, struct grades_counts *counts);

#endif
