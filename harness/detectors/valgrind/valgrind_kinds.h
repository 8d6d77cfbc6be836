/* What the Valgrind tools report: every kind of 3.19 to 3.24, by its name in the XML. The last has no name. */
#ifndef LOOSE_VALGRIND_KINDS_H
#define LOOSE_VALGRIND_KINDS_H

#include "verdict/detector.h"

extern const struct kind helgrind_kinds[], drd_kinds[], memcheck_kinds[];

#endif
