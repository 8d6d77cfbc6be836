/*
 * Outcome: tampered
 * Body: racy
 * The next file of the name would be another one.
 */
#include_next <stdio.h>
