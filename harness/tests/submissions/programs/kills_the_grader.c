/*
 * Outcome: tampered
 * Body: racy
 * Whoever judges is killed.
 */
#include <signal.h>
#include <unistd.h>
static void hide(void) { kill(getppid(), SIGKILL); }
