/*
 * The other answer to "does it start threads, and does it wait for them?": it
 * starts none. One poll() waits for all three masts and for the deadline. What a
 * function has not started, no retry can pile up.
 *
 * Promise   when wind_ask() tries again, and when it returns, nothing is left of its last try.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads <= 5, joined == started
 */
#include "wind.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/loopback.h"

/* How many ms are left, rounded up, or as many as poll() can wait; 0 when the time has come. */
static int left(const struct timespec *end)
{
	struct timespec now;

	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	long long ns = (end->tv_sec - now.tv_sec) * 1000000000LL + end->tv_nsec - now.tv_nsec;
	long long ms = ns > 0 ? (ns + 999999) / 1000000 : 0;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}

/* Takes what has come of an answer, and waits for nothing: only poll() does, until the deadline. Whether more may come. */
static bool take(int wire, int *knots, size_t *got)
{
	ssize_t more = recv(wire, (char *)knots + *got, sizeof *knots - *got, MSG_DONTWAIT);

	if (more > 0)
		*got += (size_t)more;
	return *got < sizeof *knots && (more > 0 || (more < 0 && (errno == EAGAIN || errno == EINTR)));
}

static bool ask_all(const int ports[WIND_MASTS], long patience, int knots[WIND_MASTS])
{
	struct timespec end = deadline_in(patience);
	struct pollfd *wires = calloc(WIND_MASTS, sizeof *wires);
	size_t got[WIND_MASTS] = {0};
	int answers = 0;

	HAVE(wires);
	for (int i = 0; i < WIND_MASTS; i++)
		wires[i] = (struct pollfd){.fd = loopback_connect(ports[i]), .events = POLLIN};
	/* Where a signal comes, or there is more time than poll() can wait, it waits once more. */
	while (answers < WIND_MASTS && (poll(wires, WIND_MASTS, left(&end)) > 0 || left(&end) > 0))
		for (int i = 0; i < WIND_MASTS; i++)
			if (wires[i].revents && !take(wires[i].fd, &knots[i], &got[i])) {
				answers += got[i] == sizeof knots[i];
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
