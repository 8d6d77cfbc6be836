/*
 * Outcome: cannot-judge
 * Body: calls
 * The answer comes from elsewhere.
 */
#include <sys/socket.h>
#include <netinet/in.h>
static void trick(void)
{
	struct sockaddr_in far = {.sin_family = AF_INET, .sin_port = 0x5000};
	int wire = socket(AF_INET, SOCK_STREAM, 0);

	connect(wire, (void *)&far, sizeof far);
}
