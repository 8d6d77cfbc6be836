/*
 * Outcome: tampered
 * Body: calls
 * The test's own function is left by a jump.
 */
#include <ucontext.h>
static void trick(void)
{
}
