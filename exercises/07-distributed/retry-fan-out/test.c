/*
 * What wind.h promises, seen from the masts, which the test plays itself: it
 * takes each connection, and answers when it likes. A thread asks for the wind.
 * With the three that a try may have this makes five, and the leak budget counts
 * them. What was measured is read without a lock once wind_ask() has returned:
 * if somebody still writes it then, that is a data race.
 */
#include "wind.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/loopback.h"

/* In ms. LATE is when a test stops waiting for what does not happen, and no right design is near it. */
enum { SHORT = 20, LATE = 8000, FOR_EVER = 86400000, A_MOMENT = 20 };
enum { OLD_WIND = 99 };

static const int measured[WIND_MASTS] = {10, 20, 30};

static struct lift {
	int ports[WIND_MASTS], listeners[WIND_MASTS];
	int wires[WIND_TRIES][WIND_MASTS]; /* the masts' ends of the connections; -1: none */
	long patience[WIND_TRIES];
	int knots[WIND_MASTS], result; /* of wind_ask(), and of the test when it has returned */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool returned; /* guarded by lock */
} lift = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *ask(void *arg)
{
	lift.result = wind_ask(lift.ports, lift.patience, lift.knots);
	CHECK(pthread_mutex_lock(&lift.lock));
	lift.returned = true;
	CHECK(pthread_cond_signal(&lift.changed));
	CHECK(pthread_mutex_unlock(&lift.lock));
	return arg;
}

/* The first `iced` tries have little patience, the others have all there is. */
static void begin(int iced)
{
	for (int i = 0; i < WIND_MASTS; i++) {
		lift.listeners[i] = loopback_listen();
		lift.ports[i] = loopback_port(lift.listeners[i]);
	}
	for (int i = 0; i < WIND_TRIES; i++) {
		lift.patience[i] = i < iced ? SHORT : FOR_EVER;
		for (int mast = 0; mast < WIND_MASTS; mast++)
			lift.wires[i][mast] = -1;
	}
	deadline_cond_init(&lift.changed);
	CHECK(pthread_create(&lift.thread, NULL, ask, NULL));
}

/* Whether wind_ask() returns within so many ms. */
static bool returns(long wait)
{
	struct timespec end = deadline_in(wait);

	CHECK(pthread_mutex_lock(&lift.lock));
	while (!lift.returned && deadline_cond_wait(&lift.changed, &lift.lock, &end))
		;
	bool returned = lift.returned;
	CHECK(pthread_mutex_unlock(&lift.lock));
	return returned;
}

static bool ready(int descriptor, int wait)
{
	return poll(&(struct pollfd){.fd = descriptor, .events = POLLIN}, 1, wait) == 1;
}

/* Whether that many tries come, each with a connection to every mast. */
static bool take_tries(int tries)
{
	for (int i = 0; i < tries; i++)
		for (int mast = 0; mast < WIND_MASTS; mast++) {
			if (!ready(lift.listeners[mast], LATE))
				return false;
			lift.wires[i][mast] = accept(lift.listeners[mast], NULL, NULL);
			REQUIRE(lift.wires[i][mast] >= 0);
		}
	return true;
}

static void answer(int wire, int knots)
{
	send(wire, &knots, sizeof knots, MSG_NOSIGNAL);
}

static void answer_try(int number)
{
	for (int mast = 0; mast < WIND_MASTS; mast++)
		answer(lift.wires[number - 1][mast], measured[mast]);
}

/* The masts of an old try wake up and answer. Whether all of its connections are closed then, or soon after. */
static bool wake_up(int number)
{
	bool closed = true;

	for (int mast = 0; mast < WIND_MASTS; mast++) {
		int wire = lift.wires[number - 1][mast];
		char nothing;
		answer(wire, OLD_WIND);
		closed = ready(wire, closed ? LATE : 0) && recv(wire, &nothing, 1, 0) <= 0 && closed;
	}
	return closed;
}

/* Ends whatever still runs: each question is answered, those that nobody has expected as well. Then joins. */
static void end(void)
{
	for (int i = 0; i < WIND_TRIES; i++)
		for (int mast = 0; mast < WIND_MASTS; mast++)
			if (lift.wires[i][mast] >= 0) {
				answer(lift.wires[i][mast], OLD_WIND);
				close(lift.wires[i][mast]);
			}
	while (!returns(A_MOMENT))
		for (int mast = 0; mast < WIND_MASTS; mast++)
			if (ready(lift.listeners[mast], 0)) {
				int wire = accept(lift.listeners[mast], NULL, NULL);
				answer(wire, OLD_WIND);
				close(wire);
			}
	CHECK(pthread_join(lift.thread, NULL));
}

static void expect_measured(int number)
{
	cr_assert_eq(lift.result, number, "try %d was answered, and wind_ask() returns %d", number, lift.result);
	for (int mast = 0; mast < WIND_MASTS; mast++)
		cr_assert_eq(lift.knots[mast], measured[mast], "mast %d says %d knots in try %d, and the lift reads %d",
			     mast, measured[mast], number, lift.knots[mast]);
}

Test(wind, takes_the_first_answers, .timeout = 60)
{
	begin(0);
	bool asked = take_tries(1);
	if (asked)
		answer_try(1);
	bool returned = asked && returns(LATE);
	end();
	cr_assert(asked, "not every mast is asked");
	cr_assert(returned, "all masts have answered, and wind_ask() still waits");
	expect_measured(1);
}

Test(wind, late_answers_reach_nobody, .timeout = 60)
{
	begin(2);
	bool asked = take_tries(3);
	if (asked)
		answer_try(3);
	bool returned = asked && returns(LATE);
	bool closed = returned && wake_up(1) && wake_up(2);
	end();
	cr_assert(asked, "two tries are not answered, and the third does not come");
	cr_assert(returned, "the third try is answered, and wind_ask() still waits");
	cr_assert(closed, "wind_ask() has returned, and connections of its first tries are open");
	expect_measured(3);
}

Test(wind, gives_up, .timeout = 60)
{
	begin(WIND_TRIES);
	bool asked = take_tries(WIND_TRIES);
	bool returned = asked && returns(LATE);
	end();
	cr_assert(asked, "fewer than %d tries come", WIND_TRIES);
	cr_assert(returned, "no mast has answered, and wind_ask() does not give up");
	cr_assert_eq(lift.result, 0, "no mast has answered, and wind_ask() returns %d", lift.result);
}
