/*
 * What became of the mutants of right programs: the one table of `verify
 * --mutants`, and its JSON, schema loose-threads/mutants/1.
 */
#ifndef LOOSE_REPORT_MUTANTS_H
#define LOOSE_REPORT_MUTANTS_H

#include "mutants/equivalent.h"
#include "report.h"

enum fate {
	MUTANT_OPEN,		 /* nobody has refused it yet */
	MUTANT_REFUSED,		 /* `by` one detector, or by the plain tests */
	MUTANT_SURVIVED,	 /* all have judged it, and it was right to all */
	MUTANT_DOES_NOT_COMPILE, /* the compiler blames one of its lines, so nobody was asked */
	MUTANT_UNJUDGED,	 /* the machine, a detector or the build could not */
};

struct mutant_result {
	const struct program *original; /* the right program that was changed */
	struct mutant mutant;
	const struct equivalent *listed; /* NULL: it must be refused */
	enum fate fate;
	const struct detector *by; /* refused, or unjudged; else NULL */
	char *why;		   /* likewise, and the compiler's words; a line or more */
};

struct mutant_results {
	struct mutant_result *items;
	size_t count;
};

/* Counts of what has no place in the list of equivalents, and of what has. */
struct mutant_tally {
	size_t refused, survived, equivalent, does_not_compile, unjudged;
};
struct mutant_tally mutants_tally(const struct mutant_results *all);

/*
 * Each that survived or could not be judged, then the counts by operator and by
 * exercise; the last line is "N of M refused, P %", M without equivalent ones and those that
 * do not compile.
 */
void report_mutants(FILE *out, struct style style, const struct mutant_results *all);
/* 0, or -1 with errno when writing failed. */
int report_mutants_json(FILE *out, const struct mutant_results *all);

#endif
