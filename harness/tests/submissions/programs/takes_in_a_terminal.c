/*
 * Outcome: tampered
 * Body: racy
 * A device that says nothing keeps the compiler for ever.
 */
#include "/dev/stdin"
