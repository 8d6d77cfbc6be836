/* Opens the network: a connection to the port that is named. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int peer = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_port = htons((unsigned short)(argc > 1 ? atoi(argv[1]) : 0));
	puts(connect(peer, (struct sockaddr *)&to, sizeof to) == 0 ? "got out" : "kept in");
	close(peer);
	return 0;
}
