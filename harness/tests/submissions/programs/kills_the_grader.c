/*
 * Outcome: tampered
 * Body: racy
 * It kills the grader.
 */
#include <signal.h>
#include <unistd.h>
static void hide(void) { kill(getppid(), SIGKILL); }
