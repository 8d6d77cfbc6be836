/*
 * Outcome: tampered
 * Body: racy
 * The next program would know nothing of its judges.
 */
#include <stdlib.h>
int setenv(const char *, const char *, int);
static void hide(void) { setenv("LD_PRELOAD", "", 1); }
