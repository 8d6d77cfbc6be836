/*
 * Outcome: cannot-judge
 * Body: racy
 * Of a warning the compiler takes the whole line, and no comment begins in it.
 */
#warning /*
#include "test.c"
/* */
