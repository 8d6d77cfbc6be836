/*
 * What a detector cannot watch. A tool that gives up ends the program with it, and the run then looks like a crash or a
 * hang of the program's; or the reverse, a wrong call is what the tool gives up on. The tool's own words on standard
 * error tell, and the functions that the program calls. Nothing here makes a run that cannot be judged into one that can.
 */
#ifndef LOOSE_LIMITS_H
#define LOOSE_LIMITS_H

#include "verdict/detector.h"

/* Says the reason for the observation's fault, if it is a known one; to be called when the reports have been read. */
void limits_explain(const struct run *run, const char *detector, struct observation *seen);
/* Whether the executable takes one of these functions (ended by NULL) from a library. */
bool program_imports(const char *executable, const char *const *functions);

#endif
