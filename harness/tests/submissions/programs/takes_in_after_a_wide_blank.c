/*
 * Outcome: tampered
 * Body: racy
 * A blank of another script ends the name of the directive.
 */
#include "test.c"
