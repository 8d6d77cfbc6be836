/*
 * Outcome: tampered
 * Body: racy
 * What another person has handed in would do.
 */
#include "../0/line.c"
