/*
 * Outcome: tampered
 * Body: racy
 * The same by a third.
 */
#include <unistd.h>
static void hide(void) { _exit(0); }
