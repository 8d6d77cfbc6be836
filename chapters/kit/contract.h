/*
 * A contract as data, so that a program can judge it: promises, each a sentence
 * of a closed vocabulary, and a budget. It is worth what it excludes: every wrong
 * design must break a promise or a bound of it, and no right one may.
 *
 *     const struct contract tide_contract = {
 *             .promises = {"after tide_stop(), show() is not called again"},
 *             .budget = "joined == started",
 *     };
 *
 * The budget is written as in a program's declaration: bounds with commas between
 * them, each FIGURE OPERATOR NUMBER or FIGURE OPERATOR FIGURE, with "at exit"
 * after the figure that is meant then. The figures are threads, started, joined,
 * detached and unjoined; the operators <= < >= > == !=. What holds at every
 * moment is asked of `threads` alone; the others are what they are at exit.
 */
#ifndef KIT_CONTRACT_H
#define KIT_CONTRACT_H

#include <stdbool.h>
#include <stddef.h>

#include "kit/counted.h"

enum { CONTRACT_PROMISES = 16 };

struct contract {
	const char *promises[CONTRACT_PROMISES]; /* NULL after the last */
	const char *budget;			 /* NULL: none */
};

/* A sentence of the vocabulary, and what is to be seen where it is not kept: a clause that follows "in it". */
struct clause {
	const char *sentence, *broken;
};

/* A design, and what was seen of it. */
struct witness {
	const char *name;
	const char *harm; /* of a wrong one: what its callers suffer, a clause as above; NULL: it is right */
	bool broken[CONTRACT_PROMISES]; /* by the vocabulary's order */
	struct counted threads;
};

/*
 * Each returns one line for the writer, or NULL when there is nothing to say; the line is the module's, until the next call.
 * The vocabulary ends with a NULL sentence and has at most CONTRACT_PROMISES. One thread at a time.
 *
 * A contract cannot be read when it promises nothing at all, when a sentence is not in the vocabulary or is there twice, or stands
 * after an empty place, or when a bound does not have the form above. contract_problem() says which of these it is.
 */
const char *contract_problem(const struct contract *contract, const struct clause *vocabulary);
/*
 * Says that the contract lets a wrong design pass, or refuses a right one; one that cannot be read excludes nothing. In any case
 * it prints a line on standard output: how the design fares.
 */
const char *contract_misjudges(const struct contract *contract, const struct clause *vocabulary,
			       const struct witness *witness);
/* Puts such a line after those in `lines`, with a semicolon between; of what has no room, the end is left out. NULL: nothing. */
void contract_add(char *lines, size_t size, const char *line);

#endif
