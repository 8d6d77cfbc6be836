#include "loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "check.h"

/* More than any program here has waiting at a time. */
enum { BACKLOG = 128 };

int loopback_listen(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	REQUIRE(listener >= 0);
	REQUIRE(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
	REQUIRE(listen(listener, BACKLOG) == 0);
	return listener;
}

int loopback_port(int listener)
{
	struct sockaddr_in address;
	socklen_t size = sizeof address;

	REQUIRE(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
	return ntohs(address.sin_port);
}

int loopback_connect(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int wire = socket(AF_INET, SOCK_STREAM, 0);

	REQUIRE(wire >= 0);
	REQUIRE(connect(wire, (struct sockaddr *)&address, sizeof address) == 0);
	return wire;
}
