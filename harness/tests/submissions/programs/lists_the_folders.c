/*
 * Outcome: cannot-judge
 * Body: calls
 * Whatever else is there.
 */
#include <dirent.h>
static void trick(void)
{
	opendir("/");
}
