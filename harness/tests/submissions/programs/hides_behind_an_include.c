/*
 * Outcome: tampered
 * Body: calls
 * A comment that begins on the line of an include, and ends where a look at single lines sees another comment.
 */
#include <unistd.h> /*
// */ static void leave(void) { _exit(0); }
static void trick(void)
{
	leave();
}
