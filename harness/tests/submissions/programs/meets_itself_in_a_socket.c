/*
 * Outcome: cannot-judge
 * Body: calls
 * A name that no folder has tells the second run of the first.
 */
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static int watched;

static void trick(void)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0seen"};

	watched = bind(socket(AF_UNIX, SOCK_DGRAM, 0), (struct sockaddr *)&name, sizeof name) == 0;
}
