/* Running a program once more with the tracer, for the trace of its threads. */
#ifndef LOOSE_RECORDING_H
#define LOOSE_RECORDING_H

#include "judge/judging.h"
#include "trace/trace.h"

/*
 * The whole trace of one run of the program, in which the findings of `results`
 * stand where their accesses happen: those of the same program, in the order of
 * the results. 0, and the trace is the caller's to release; or a status after a
 * line on stderr.
 */
int record_program(struct workbook *workbook, const struct program *program, const struct results *results,
		   struct trace *trace);

/* The same of several runs: traces[count]. */
int record_runs(struct workbook *workbook, const struct program *program, const struct results *results, size_t count,
		struct trace *traces);

#endif
