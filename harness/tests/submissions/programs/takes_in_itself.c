/*
 * Outcome: tampered
 * Body: racy
 * A file that takes itself in, two at a time, grows for ever.
 */
#include "line.c"
#include "line.c"
