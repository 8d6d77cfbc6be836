/*
 * Outcome: tampered
 * Body: racy
 * A file that does not end keeps the compiler for ever.
 */
#include "/dev/zero"
