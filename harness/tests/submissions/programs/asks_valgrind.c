/*
 * Outcome: tampered
 * Body: racy
 * It behaves under Valgrind.
 */
#include <valgrind/valgrind.h>
static int watched(void) { return RUNNING_ON_VALGRIND; }
