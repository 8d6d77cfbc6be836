/* What the tests of the tools in harness/tests ask of a tool: its last line, which sums up, and its status. */
#ifndef LOOSE_TEST_TOOL_H
#define LOOSE_TEST_TOOL_H

enum { TOOL_LINE = 256 };

/*
 * Runs the command through a shell, in the workbook's root. line: the last line that it prints to standard output, with its
 * newline; empty when it prints none. Its exit status; 128 and its number when a signal ends it, of the shell's children too.
 */
int tool_last_line(const char *command, char line[TOOL_LINE]);

#endif
