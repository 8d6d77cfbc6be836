/*
 * From ThreadSanitizer's records to findings: names for threads and mutexes
 * instead of numbers, functions instead of addresses. How an address is
 * resolved is the caller's business, so that this too can be tried on captured
 * records alone.
 */
#ifndef LOOSE_TSAN_FINDINGS_H
#define LOOSE_TSAN_FINDINGS_H

#include "detectors/symbolizer.h"
#include "tsan_records.h"
#include "verdict/detector.h"

struct tsan_resolver {
	/* As symbolizer_code() and symbolizer_data(). */
	size_t (*code)(void *context, uint64_t pc, struct code_place *places, size_t room);
	const char *(*data)(void *context, uint64_t address, uint64_t *offset);
	void *context;
	const struct run *run; /* whose frames are own */
};

void tsan_findings_add(const struct tsan_records *records, const struct tsan_resolver *resolver,
		       struct findings *findings);
/*
 * On a join of a thread that cannot be joined the runtime gives up, with a stack on standard error and no report: `words`
 * is what stands there, `maps` what /proc/PID/maps held. Adds a finding for it, if there is one.
 */
void tsan_invalid_join_add(const char *words, const char *maps, const struct tsan_resolver *resolver,
			   struct findings *findings);
/* Every kind that the runtime has. The last has no name. */
extern const struct kind tsan_kinds[];

#endif
