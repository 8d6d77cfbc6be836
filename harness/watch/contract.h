/* The sentences of an exercise's contract that a result speaks of. */
#ifndef LOOSE_WATCH_CONTRACT_H
#define LOOSE_WATCH_CONTRACT_H

#include <stdio.h>

#include "verdict/result.h"
#include "workbook/catalogue.h"

/*
 * Prints what the exercise promises, in a sentence, and what its header says of the
 * first function of it that the result names: in its findings' stacks, or in the
 * words of a test that failed. Each paragraph is a line.
 */
void contract_print(FILE *out, const struct catalogue *catalogue, const struct result *result);

#endif
