/*
 * What the machine, or its administrator, gives the harness and what it
 * runs, and whether the harness is whole. A program that fails for lack of descriptors, room or address space has
 * not shown anything: where there is too little, nothing is judged, and one line
 * says of what and how to get more. A full machine is never a program's fault.
 */
#ifndef LOOSE_RESOURCES_H
#define LOOSE_RESOURCES_H

#include <stdbool.h>

/*
 * For the start of the process. Raises the limits that can be raised to what the
 * harness and its programs need. A write to a file that has reached a limit
 * fails from now on, and does not kill; one to a pipe that nobody reads kills,
 * whatever was inherited.
 */
void resources_prepare(void);
/*
 * What there is too little of to judge in the workbook at `root`, as a line with
 * its fix for the caller to free; NULL: nothing. To be asked before anything is
 * judged, and again when a run or a compiler has failed: something may have run
 * out meanwhile. `tests`: of Criterion's programs, which need more. Leaves no file.
 */
char *resources_problem(const char *root, bool tests);
/*
 * Where these words of a compiler or linker say that the machine failed it, and
 * none says what is wrong in the source: that line, for the caller to free. Else NULL.
 */
char *resources_failed_compiler(const char *words);

#endif
