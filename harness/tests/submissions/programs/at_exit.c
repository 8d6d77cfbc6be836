/*
 * Outcome: tampered
 * Body: racy
 * What is registered runs when all is judged.
 */
#include <stdlib.h>
static void late(void) { }
static void hide(void) { atexit(late); }
