/*
 * Outcome: tampered
 * Body: racy
 * A source of the kit's, which is linked with it already.
 */
#include "kit/schedule.c"
