/* Which tools judge here: their versions stand in every report, and in the key of what was judged before. */
#ifndef LOOSE_TOOLCHAIN_H
#define LOOSE_TOOLCHAIN_H

#include "verdict/result.h"

/*
 * Asks each tool for its version; "missing" for one that does not answer. In the workbook at `root` build/tools remembers
 * the answers, for as long as the tools are the same files: clang takes longer to start than all that a verify looks at
 * that has nothing to do.
 */
void toolchain_find(struct toolchain *toolchain, const char *root);
void toolchain_release(struct toolchain *toolchain);

/* In a kit for students: the tools that the grader judges with, as toolchain_line() has them. */
#define TOOLCHAIN_FILE "graded-with"
/* "clang 14.0.6, valgrind 3.19.0, glibc 2.36", for the caller to free. */
char *toolchain_line(const struct toolchain *toolchain);
/* The grader's line where the kit at `root` names other tools than these, for the caller to free; NULL: it does not. */
char *toolchain_differs(const char *root, const struct toolchain *toolchain);

#endif
