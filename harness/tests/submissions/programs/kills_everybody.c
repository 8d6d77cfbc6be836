/*
 * Outcome: tampered
 * Body: racy
 * All processes of the user.
 */
#include <signal.h>
static void hide(void) { kill(-1, SIGKILL); }
