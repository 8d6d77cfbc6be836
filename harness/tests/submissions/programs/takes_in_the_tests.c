/*
 * Outcome: tampered
 * Body: racy
 * The tests say what they ask for.
 */
#include "test.c"
