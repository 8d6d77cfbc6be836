/*
 * Outcome: cannot-judge
 * Body: calls
 * The first run leaves a note for the others.
 */
#include <fcntl.h>

int shm_open(const char *, int, unsigned);

static int watched;

static void trick(void)
{
	watched = shm_open("/seen", O_RDWR | O_CREAT | O_EXCL, 0600) >= 0;
}
