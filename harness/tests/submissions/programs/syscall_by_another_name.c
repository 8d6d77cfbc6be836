/*
 * Outcome: tampered
 * Body: calls
 * The name for the linker is given by a macro of the system's.
 */
#include <sys/cdefs.h>
long hidden(long, ...) __asm__("" "syscall");
static void trick(void)
{
	hidden(231, 0);
}
