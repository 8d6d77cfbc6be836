/*
 * Outcome: tampered
 * Body: racy
 * Two backslashes join two lines, and the one that is left joins no third.
 */
// \\

#include "test.c"
