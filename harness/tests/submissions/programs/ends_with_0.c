/*
 * Outcome: tampered
 * Body: racy
 * The test ends early, and all is well.
 */
#include <stdlib.h>
static void hide(void) { _Exit(0); }
