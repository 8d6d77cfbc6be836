/*
 * From the monitor's report to findings: one for each bound that is broken. How
 * an address is resolved is the caller's business, so that this can be tried on
 * captured reports alone.
 *
 * Where a finding is:
 *
 *     threads, started, joined, detached, unjoined   the function that most of these threads run
 *     a gauge, at any moment                         the function that published the change
 *     everything else                                main
 */
#ifndef LOOSE_BUDGET_FINDINGS_H
#define LOOSE_BUDGET_FINDINGS_H

#include "budget_report.h"
#include "detectors/symbolizer.h"
#include "verdict/detector.h"

struct budget_resolver {
	/* As symbolizer_code(). */
	size_t (*code)(void *context, uint64_t pc, struct code_place *places, size_t room);
	void *context;
	const struct run *run; /* whose frames are own */
};

/*
 * Adds the bounds that the image breaks. `known` has a place for each bound of
 * the budget, which becomes true when the image can tell.
 */
void budget_findings_add(const struct budget_image *image, const struct budget *budget,
			 const struct budget_resolver *resolver, bool *known, struct findings *findings);
/*
 * The kinds that do not depend on the program, then "*": the name of any gauge,
 * with or without "-below" and "-at-exit". The last has no name.
 */
extern const struct kind budget_kinds[];

#endif
