/*
 * Outcome: tampered
 * Body: calls
 * As many processes as the machine has room for, through a pointer.
 */
#include <unistd.h>

static pid_t (*volatile again)(void) = fork;

static void trick(void)
{
	for (;;)
		again();
}
