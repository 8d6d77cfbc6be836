/*
 * Outcome: cannot-judge
 * Body: calls
 * Memory that is shared with a file.
 */
#include <stddef.h>
void *mmap(void *, unsigned long, int, int, int, long);
static void trick(void)
{
	mmap(NULL, 4096, 3, 1, 3, 0);
}
