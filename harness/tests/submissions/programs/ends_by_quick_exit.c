/*
 * Outcome: tampered
 * Body: racy
 * The same by another door.
 */
#include <stdlib.h>
static void hide(void) { quick_exit(0); }
