/*
 * Outcome: tampered
 * Body: racy
 * A line end of two characters, the wrong way round, is one line end to the compiler.
 */
// \
/*
#include "test.c"
// */
