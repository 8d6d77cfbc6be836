/* Which tools judge here: their versions stand in every report, and in the key of what was judged before. */
#ifndef LOOSE_TOOLCHAIN_H
#define LOOSE_TOOLCHAIN_H

#include "verdict/result.h"

/* Asks each tool for its version; "missing" for one that does not answer. */
void toolchain_find(struct toolchain *toolchain);
void toolchain_release(struct toolchain *toolchain);

#endif
