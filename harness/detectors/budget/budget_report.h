/*
 * What runtime/monitor sends, read back. Each process has a stream of its own,
 * of lines; all come at the end, but for the first:
 *
 *     start PID PARENT HOW                       HOW: image, or fork in a child that was forked
 *     times EXIT END ASKED                       exit() called; the end; asked to stop, or -1
 *     figure NAME START PEAK AT_EXIT LAST        those that every program has
 *     gauge NAME START PEAK AT_EXIT LAST         those that it published
 *     site STARTED JOINED DETACHED RUNNING UNJOINED ROUTINE : PC...
 *                                                a place that starts threads; all but the first at exit
 *     broken BOUND AT VALUE LIMIT AT VALUE LIMIT ROUTINE : PC...
 *                                                first, and at its worst; ROUTINE is what most threads then ran
 *     series WIDTH NAME...                       then a "sample NUMBER..." per stretch of WIDTH: its peaks
 *     maps ... end maps                          lines of /proc/PID/maps, those with a file
 *     lost TEXT                                  something that the monitor could not hold
 *     closed HOW                                 exit, _exit, quick_exit or exec
 *     resumed                                    the exec failed: all since the start will come again
 *
 * Times are in microseconds since the start, memory in bytes, CPU time in
 * microseconds; addresses are hexadecimal. A PC is a return address. A process
 * that replaces itself by the same program goes on in the same stream with
 * another "start": each is an image. Pure: bytes in, figures out.
 */
#ifndef LOOSE_BUDGET_REPORT_H
#define LOOSE_BUDGET_REPORT_H

#include <stdint.h>

#include <jansson.h>

#include "verdict/budget.h"

struct budget_trace {
	uint64_t routine; /* 0: none */
	uint64_t *pcs;	  /* innermost first */
	size_t count;
};

struct budget_site {
	long long started, joined, detached, running, unjoined;
	struct budget_trace trace;
};

struct budget_broken {
	long long bound; /* its index in the budget */
	long long at_us, value, limit, worst_at_us, worst_value, worst_limit;
	struct budget_trace trace;
};

struct budget_series {
	long long width_us;
	char **names;
	size_t columns, rows;
	long long *values; /* row by row */
};

struct budget_image {
	bool forked;
	struct figures figures;
	struct budget_site *sites;
	size_t site_count;
	struct budget_broken *broken;
	size_t broken_count;
	struct budget_series series;
	char *maps, *lost, *how; /* NULL when there was none; how: it ended */
};

struct budget_report {
	long pid, parent;
	struct budget_image *images;
	size_t count;
	bool complete; /* from the first start to the last closed, with nothing in it that does not belong there */
};

/* Fills `report`, which budget_report_release() empties; what could be read is there even if it is not complete. */
void budget_report_read(const char *bytes, size_t length, struct budget_report *report);
void budget_report_release(struct budget_report *report);

/*
 * The figures as a JSON object (new reference), for `check` and for plots:
 * threads_started, threads_peak, threads_at_exit, threads_joined,
 * threads_detached, threads_unjoined_at_exit, memory_start, memory_peak,
 * memory_at_exit, descriptors_start, descriptors_peak, descriptors_at_exit,
 * cpu_us, wall_us, cpu_percent, stop_us (null when it was not asked), for each
 * gauge NAME_peak and NAME_at_exit; and "series": {"width_us": ..., "NAME":
 * [...], ...}.
 */
json_t *budget_image_to_json(const struct budget_image *image);
/*
 * What it shows of a bound (new reference), which `check` and `run` have under
 * "bounds": {"bound": TEXT, "holds": ..., "value": ..., "limit": ...}, of a
 * broken one at its worst. Of one that holds at every moment, the peak, and no
 * limit where that moves. NULL when it cannot tell.
 */
json_t *budget_bound_to_json(const struct budget_image *image, const struct budget *budget, size_t index);

#endif
