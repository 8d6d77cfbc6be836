/*
 * Outcome: tampered
 * Body: racy
 * The same directive takes in a file.
 */
#define HASH #
HASH include "test.c"
