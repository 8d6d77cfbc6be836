/*
 * Outcome: tampered
 * Body: racy
 * A child does what the parent is not seen to do.
 */
#include <unistd.h>
static void hide(void) { fork(); }
