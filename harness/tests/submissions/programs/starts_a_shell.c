/*
 * Outcome: tampered
 * Body: racy
 * A shell reads what it may.
 */
#include <stdlib.h>
static void hide(void) { system("cat /etc/passwd"); }
