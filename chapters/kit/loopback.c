#include "loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "deadline.h"

/* More than any program here has waiting at a time. */
enum { BACKLOG = 128 };
/* How long a server waits for descriptors to come back. */
enum { MOMENT = 10 /* ms */ };

int loopback_listen(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	HAVE(listener >= 0);
	HAVE(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
	HAVE(listen(listener, BACKLOG) == 0);
	return listener;
}

int loopback_port(int listener)
{
	struct sockaddr_in address;
	socklen_t size = sizeof address;

	REQUIRE(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
	return ntohs(address.sin_port);
}

/* As poll(), which a signal may interrupt. */
static int poll_on(struct pollfd *events, nfds_t count, int milliseconds)
{
	int ready;

	do
		ready = poll(events, count, milliseconds);
	while (ready < 0 && errno == EINTR);
	return ready;
}

/* After a signal the connection goes on being made: to ask for it once more would be an error. */
static bool is_connected(int wire)
{
	struct pollfd event = {.fd = wire, .events = POLLOUT};
	socklen_t size = sizeof errno;

	return poll_on(&event, 1, -1) == 1 && getsockopt(wire, SOL_SOCKET, SO_ERROR, &errno, &size) == 0 && errno == 0;
}

int loopback_connect(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int wire = socket(AF_INET, SOCK_STREAM, 0);

	HAVE(wire >= 0);
	int error = connect(wire, (struct sockaddr *)&address, sizeof address);
	HAVE(error == 0 || (errno == EINTR && is_connected(wire)));
	return wire;
}

/* Whether there is none because of a peer, a signal, or what others use up: then there will be another. */
static bool passes_by(int error)
{
	static const int errors[] = {EINTR, ECONNABORTED, EPROTO, EAGAIN, EMFILE, ENFILE, ENOBUFS, ENOMEM};

	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (errors[i] == error)
			return true;
	return false;
}

int loopback_accept(int listener, int stop)
{
	struct pollfd events[] = {{.fd = listener, .events = POLLIN}, {.fd = stop, .events = POLLIN}};

	/* A peer may hang up between poll() and accept(), which would then wait for the next one, perhaps for ever. */
	HAVE(fcntl(listener, F_SETFL, O_NONBLOCK) == 0);
	for (;;) {
		REQUIRE(poll_on(events, 2, -1) > 0);
		if (events[1].revents)
			return -1;
		int wire = accept(listener, NULL, NULL);
		if (wire >= 0)
			return wire;
		REQUIRE(passes_by(errno));
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			poll_on(&events[1], 1, MOMENT);
	}
}

/* Until then, in whole milliseconds, the last one begun counts; 0 when it is past. */
static int milliseconds_until(const struct timespec *end)
{
	struct timespec now;

	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	long long left = (end->tv_sec - now.tv_sec) * 1000000000LL + end->tv_nsec - now.tv_nsec;
	left = left > 0 ? (left + 999999) / 1000000 : 0;
	return left < INT_MAX ? (int)left : INT_MAX;
}

bool loopback_receive(int wire, void *bytes, size_t size, long milliseconds)
{
	struct timespec end = deadline_in(milliseconds);
	struct pollfd event = {.fd = wire, .events = POLLIN};

	for (size_t got = 0; got < size;) {
		if (poll_on(&event, 1, milliseconds_until(&end)) <= 0)
			return false;
		ssize_t more = recv(wire, (char *)bytes + got, size - got, MSG_DONTWAIT);
		if (more > 0)
			got += (size_t)more;
		else if (more == 0 || (errno != EAGAIN && errno != EINTR))
			return false;
	}
	return true;
}

bool loopback_send(int wire, const void *bytes, size_t size)
{
	for (size_t sent = 0; sent < size;) {
		ssize_t more = send(wire, (const char *)bytes + sent, size - sent, MSG_NOSIGNAL);
		if (more >= 0)
			sent += (size_t)more;
		else if (errno != EINTR)
			return false;
	}
	return true;
}

void loopback_hang_up(int wire)
{
	struct linger until_known = {.l_onoff = 1, .l_linger = 60 /* s */};

	REQUIRE(setsockopt(wire, SOL_SOCKET, SO_LINGER, &until_known, sizeof until_known) == 0);
	close(wire);
}
