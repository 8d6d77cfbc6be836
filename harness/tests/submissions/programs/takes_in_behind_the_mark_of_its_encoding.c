#include "test.c"
/*
 * Outcome: tampered
 * Body: racy
 * Three bytes that an editor writes, and that the compiler passes over, stand before the directive.
 */
