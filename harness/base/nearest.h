/* Which known name somebody may have meant. */
#ifndef LOOSE_NEAREST_H
#define LOOSE_NEAREST_H

#include <stddef.h>

/*
 * The one of the `count` names that is most like `typed`: at most a third of its letters added, left out, changed or
 * swapped with their neighbour. The first of several that are as near; NULL when none is near.
 */
const char *nearest_name(const char *typed, const char *const *names, size_t count);

#endif
