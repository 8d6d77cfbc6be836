/*
 * Outcome: tampered
 * Body: racy
 * It becomes itself again, with another environment.
 */
#include <unistd.h>
static char *none[] = {0};
static void hide(void) { execv("/proc/self/exe", none); }
