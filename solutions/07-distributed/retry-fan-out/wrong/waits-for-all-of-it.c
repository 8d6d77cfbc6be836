/*
 * One poll() for all masts and for the deadline, and no threads; what has come is
 * taken by a recv() that waits for all of it.
 *
 * Tempting  an int is four bytes, and they come in one piece, always. MSG_WAITALL makes sure.
 * Refused   the test: a mast sends half of its answer and falls silent. poll() has said that there is something to
 *           read; the recv() after it knows no deadline, and the try does not end.
 * test      fails an_answer_comes_in_halves, gives_up
 */
#include "wind.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/loopback.h"

/* How many ms are left, rounded up; 0 when the time has come. */
static int left(const struct timespec *end)
{
	struct timespec now;

	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	long long ns = (end->tv_sec - now.tv_sec) * 1000000000LL + end->tv_nsec - now.tv_nsec;
	return ns > 0 ? (int)((ns + 999999) / 1000000) : 0;
}

static bool ask_all(const int ports[WIND_MASTS], long patience, int knots[WIND_MASTS])
{
	struct timespec end = deadline_in(patience);
	struct pollfd *wires = calloc(WIND_MASTS, sizeof *wires);
	int answers = 0, ready = 0;

	HAVE(wires);
	for (int i = 0; i < WIND_MASTS; i++)
		wires[i] = (struct pollfd){.fd = loopback_connect(ports[i]), .events = POLLIN};
	while (answers < WIND_MASTS &&
	       ((ready = poll(wires, WIND_MASTS, left(&end))) > 0 || (ready < 0 && errno == EINTR)))
		for (int i = 0; i < WIND_MASTS; i++)
			if (wires[i].revents) {
				answers +=
					recv(wires[i].fd, &knots[i], sizeof knots[i], MSG_WAITALL) == sizeof knots[i];
				close(wires[i].fd);
				wires[i] = (struct pollfd){.fd = -1}; /* poll() passes over it */
			}
	for (int i = 0; i < WIND_MASTS; i++)
		if (wires[i].fd >= 0)
			close(wires[i].fd);
	free(wires);
	return answers == WIND_MASTS;
}

int wind_ask(const int ports[WIND_MASTS], const long patience[WIND_TRIES], int knots[WIND_MASTS])
{
	for (int i = 0; i < WIND_TRIES; i++)
		if (ask_all(ports, patience[i], knots))
			return i + 1;
	return 0;
}
