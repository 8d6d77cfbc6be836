/*
 * What wind.h promises, seen from the masts, which the test plays itself: it
 * takes each connection, and answers when it likes. A thread asks for the wind.
 * With the three that a try may have this makes five, and the leak budget counts
 * them. What was measured is read without a lock once wind_ask() has returned:
 * if somebody still writes it then, that is a data race.
 */
#define _GNU_SOURCE /* syscall() */
#include "wind.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <linux/sockios.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/loopback.h"
#include "kit/schedule.h"

/*
 * In ms. LATE is when a test stops waiting for what does not happen, and no right design is near it. A_WHILE leaves a
 * try the time to take one answer; on a machine where it does not, the test sees less, and refuses nobody for it.
 */
enum { SHORT = 20, A_WHILE = 3000, LATE = 8000, A_MOMENT = 20 };
static const long FOR_EVER = 2592000000; /* a month, and more than an int counts */
/*
 * A patience, and when answers come in it: one that begins anew with each of two answers is not over before LATE, and a
 * tenth of it long before the first. A third of A_WHILE, whole seconds, and patiences that all count from the call are short
 * beside what a right design waits.
 */
enum { NONE = 0, FAIR = 600, LONG = 4999, PAUSE = 3000 };
enum { OLD_WIND = 99, STRANGERS = 4, MANY = 256 /* descriptors, and threads */ };

static const int measured[WIND_MASTS] = {10, 20, 30};
static const int old_wind[WIND_MASTS] = {OLD_WIND, OLD_WIND, OLD_WIND};

/* By the kernel's numbers. */
struct threads {
	int count;
	long ids[MANY];
};

static struct lift {
	int ports[WIND_MASTS], listeners[WIND_MASTS];
	int wires[WIND_TRIES][WIND_MASTS]; /* the masts' ends of the connections; -1: none */
	long patience[WIND_TRIES];
	int knots[WIND_MASTS], result; /* of wind_ask(), and of the test when it has returned */
	long began, waited;	       /* ms; before its thread was, and likewise */
	int sockets, left;	       /* that were open before; and more of them when all was over */
	bool asked_again;	       /* when all was over */
	struct threads others;	       /* that were there before wind_ask(), a detector's too; guarded by lock */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool returned; /* guarded by lock */
} lift = {.lock = PTHREAD_MUTEX_INITIALIZER};

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000L + time.tv_nsec / 1000000;
}

/* For how long wind_ask() has been at work, or a little longer. */
static long waited(void)
{
	return now() - lift.began + 1;
}

static void list_threads(struct threads *threads)
{
	DIR *folder = opendir("/proc/self/task");

	REQUIRE(folder);
	threads->count = 0;
	for (struct dirent *entry; (entry = readdir(folder));)
		if (entry->d_name[0] != '.') {
			REQUIRE(threads->count < MANY);
			threads->ids[threads->count++] = atol(entry->d_name);
		}
	REQUIRE(closedir(folder) == 0);
}

static bool has_thread(const struct threads *threads, long id)
{
	for (int i = 0; i < threads->count; i++)
		if (threads->ids[i] == id)
			return true;
	return false;
}

/* Whether of these threads only those are left that were there before wind_ask(). A joined one may be there for a moment. */
static bool are_gone(const struct threads *threads)
{
	struct threads others, left;
	bool gone = false;

	CHECK(pthread_mutex_lock(&lift.lock));
	others = lift.others;
	CHECK(pthread_mutex_unlock(&lift.lock));
	for (long end = now() + LATE; !gone && now() < end; poll(NULL, 0, gone ? 0 : 1)) {
		list_threads(&left);
		gone = true;
		for (int i = 0; i < threads->count; i++)
			gone = gone && (has_thread(&others, threads->ids[i]) || !has_thread(&left, threads->ids[i]));
	}
	return gone;
}

static void *ask(void *arg)
{
	CHECK(pthread_mutex_lock(&lift.lock));
	list_threads(&lift.others);
	CHECK(pthread_mutex_unlock(&lift.lock));
	lift.result = wind_ask(lift.ports, lift.patience, lift.knots);
	lift.waited = waited();
	CHECK(pthread_mutex_lock(&lift.lock));
	lift.returned = true;
	CHECK(pthread_cond_signal(&lift.changed));
	CHECK(pthread_mutex_unlock(&lift.lock));
	return arg;
}

/* Of sockets: a detector may open files at any time. */
static int open_sockets(void)
{
	struct stat file;
	int open = 0;

	for (int i = 0; i < MANY; i++)
		open += fstat(i, &file) == 0 && S_ISSOCK(file.st_mode);
	return open;
}

static void begin(const long patience[WIND_TRIES])
{
	for (int i = 0; i < WIND_MASTS; i++) {
		lift.listeners[i] = loopback_listen();
		lift.ports[i] = loopback_port(lift.listeners[i]);
	}
	for (int i = 0; i < WIND_TRIES; i++) {
		lift.patience[i] = patience[i];
		for (int mast = 0; mast < WIND_MASTS; mast++)
			lift.wires[i][mast] = -1;
	}
	memset(lift.knots, 0, sizeof lift.knots);
	lift.returned = false;
	deadline_cond_init(&lift.changed);
	lift.sockets = open_sockets();
	lift.began = now();
	CHECK(pthread_create(&lift.thread, NULL, ask, NULL));
}

/* Whether wind_ask() returns within that many milliseconds. */
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

/* Whether these tries come, each with a connection to every mast. */
static bool take_tries(int first, int last)
{
	for (int i = first - 1; i < last; i++)
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

/*
 * Returns when what was sent has arrived, or nobody is there for it any more. send() does not say so, and
 * schedule_await_blocked() takes a thread whose answer is under way for one that waits.
 */
static void await_arrival(int wire)
{
	int under_way;

	while (ioctl(wire, SIOCOUTQ, &under_way) == 0 && under_way > 0 && !ready(wire, 1))
		;
}

/* These masts answer a try. A thread that waits for the answer has received it when this returns. */
static void answer_some(int number, int first, int last, const int knots[WIND_MASTS])
{
	for (int mast = first; mast <= last; mast++) {
		answer(lift.wires[number - 1][mast], knots[mast]);
		await_arrival(lift.wires[number - 1][mast]);
	}
	schedule_await_blocked();
}

/* --- the last moment --- */

enum { ANSWERED };
static int last_moment[2]; /* a pipe; 0: there is none. It orders nothing, for no detector sees what goes through it */

/*
 * Stands in for the C library's. Its caller has lost its patience, and is about to wake those that wait. On some days the
 * masts answer before that.
 */
int shutdown(int socket, int how)
{
	static bool came;
	bool comes = last_moment[1] && !came;

	came = true;
	if (comes) {
		REQUIRE(syscall(SYS_write, last_moment[1], "", 1) == 1);
		schedule_await(ANSWERED);
	}
	return (int)syscall(SYS_shutdown, socket, how);
}

/* Whether the last moment of the first try has come; false: there is none, and the second try has begun. */
static bool await_last_moment(void)
{
	struct pollfd events[] = {{.fd = last_moment[0], .events = POLLIN},
				  {.fd = lift.listeners[0], .events = POLLIN}};

	return poll(events, 2, LATE) > 0 && events[0].revents;
}

/* Whether there is a second try. */
static bool tries_again(void)
{
	bool again = false, returned = false;

	for (long waited = 0; waited < LATE && !again && !returned; waited += A_MOMENT) {
		again = ready(lift.listeners[0], A_MOMENT);
		CHECK(pthread_mutex_lock(&lift.lock));
		returned = lift.returned;
		CHECK(pthread_mutex_unlock(&lift.lock));
	}
	return again;
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

/* Whether all connections of a try are closed, or soon will be. Nobody answers it any more. */
static bool are_closed(int number)
{
	bool closed = true;
	char nothing;

	for (int mast = 0; mast < WIND_MASTS && closed; mast++)
		closed = ready(lift.wires[number - 1][mast], LATE) &&
			 recv(lift.wires[number - 1][mast], &nothing, 1, 0) <= 0;
	return closed;
}

/* Connections of somebody else. They get the lowest numbers that are free, those that wind_ask() has just closed first. */
static void connect_strangers(int strangers[STRANGERS][2])
{
	for (int i = 0; i < STRANGERS; i++)
		REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, strangers[i]) == 0);
}

/* Whether what goes in on one side still comes out on the other. */
static bool are_connected(int strangers[STRANGERS][2])
{
	bool connected = true;

	for (int i = 0; i < STRANGERS; i++) {
		char in = 'a', out = 'b';
		connected = send(strangers[i][0], &in, 1, MSG_NOSIGNAL) == 1 &&
			    recv(strangers[i][1], &out, 1, MSG_DONTWAIT) == 1 && out == in &&
			    send(strangers[i][1], &in, 1, MSG_NOSIGNAL) == 1 &&
			    recv(strangers[i][0], &out, 1, MSG_DONTWAIT) == 1 && connected;
		close(strangers[i][0]);
		close(strangers[i][1]);
	}
	return connected;
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
	schedule_await_blocked();
	lift.left = open_sockets() - lift.sockets;
	for (int mast = 0; mast < WIND_MASTS; mast++)
		lift.asked_again = ready(lift.listeners[mast], 0) || lift.asked_again;
	for (int mast = 0; mast < WIND_MASTS; mast++)
		close(lift.listeners[mast]);
	CHECK(pthread_cond_destroy(&lift.changed));
}

static void expect_nothing_left(void)
{
	cr_assert_not(lift.asked_again, "wind_ask() has asked once more than the test has seen tries");
	cr_assert_eq(lift.left, 0, "wind_ask() has returned, and %d sockets are open that were not before", lift.left);
}

static void expect_measured(int number)
{
	cr_assert_eq(lift.result, number, "try %d was answered, and wind_ask() returns %d", number, lift.result);
	for (int mast = 0; mast < WIND_MASTS; mast++)
		cr_assert_eq(lift.knots[mast], measured[mast], "mast %d says %d knots in try %d, and the lift reads %d",
			     mast, measured[mast], number, lift.knots[mast]);
	expect_nothing_left();
}

static void take_first_answers(void)
{
	begin((long[]){FOR_EVER, FOR_EVER, FOR_EVER, FOR_EVER});
	bool asked = take_tries(1, 1);
	if (asked)
		answer_try(1);
	bool returned = asked && returns(LATE);
	end();
	cr_assert(asked, "not every mast is asked");
	cr_assert(returned, "all masts have answered, and wind_ask() still waits");
	expect_measured(1);
}

/* The lift asks each morning. A call knows nothing of the one before. */
Test(wind, takes_the_first_answers, .timeout = 60)
{
	take_first_answers();
	take_first_answers();
}

Test(wind, late_answers_reach_nobody, .timeout = 60)
{
	begin((long[]){SHORT, SHORT, FOR_EVER, FOR_EVER});
	bool asked = take_tries(1, 3);
	if (asked)
		answer_try(3);
	bool returned = asked && returns(LATE);
	bool closed = returned && wake_up(1) && wake_up(2) && wake_up(3);
	end();
	cr_assert(asked, "two tries are not answered, and the third does not come");
	cr_assert(returned, "the third try is answered, and wind_ask() still waits");
	cr_assert(closed, "wind_ask() has returned, and connections of its tries are open");
	expect_measured(3);
}

/*
 * Two masts answer the first try in time, the third does when there is a second: none of it counts there. Nor does the
 * number that a connection of the first try had. And the first try's patience is for each mast the whole of it. When the
 * second one has come, nothing is left of the first; a thread that has its answer by then may just end.
 */
Test(wind, an_answer_ends_with_its_try, .timeout = 60)
{
	int strangers[STRANGERS][2];
	struct threads first_threads = {0};

	begin((long[]){A_WHILE, FOR_EVER, FOR_EVER, FOR_EVER});
	bool asked = take_tries(1, 1);
	if (asked)
		answer_some(1, 0, 1, old_wind);
	list_threads(&first_threads);
	connect_strangers(strangers);
	asked = asked && take_tries(2, 2);
	long first_try = waited();
	bool cut = false, gone = false;
	if (asked) {
		answer_some(1, 2, WIND_MASTS - 1, old_wind);
		cut = are_closed(1);
		gone = are_gone(&first_threads);
		answer_some(2, 1, WIND_MASTS - 1, measured);
	}
	bool early = asked && returns(0);
	if (asked)
		answer(lift.wires[1][0], measured[0]);
	bool returned = asked && returns(LATE);
	bool closed = returned && wake_up(1) && wake_up(2);
	bool connected = are_connected(strangers);
	end();
	cr_assert(asked, "a try is not answered by all, and the next does not come");
	cr_assert_geq(first_try, A_WHILE,
		      "a mast has not answered; the first try ends after %ld ms, and had a patience of %d ms",
		      first_try, A_WHILE);
	cr_assert(cut, "the second try has begun, and connections of the first are open");
	cr_assert(gone, "the second try has begun, and threads of the first are there");
	cr_assert_not(early, "a mast has not answered the second try, and wind_ask() returns");
	cr_assert(returned, "the second try is answered, and wind_ask() still waits");
	cr_assert(closed, "wind_ask() has returned, and connections of its tries are open");
	expect_measured(2);
	cr_assert(connected, "connections of somebody else are cut; a number that was closed may be another's by now");
}

static void send_half(int wire, int knots, int half)
{
	send(wire, (char *)&knots + half * sizeof knots / 2, sizeof knots / 2, MSG_NOSIGNAL);
	await_arrival(wire);
}

static void break_off(int *wire)
{
	loopback_hang_up(*wire);
	*wire = -1;
}

/*
 * A mast of the first try says half of it and falls silent. In the second, one breaks off before it has said anything, and
 * another one after half of it. These are not answers. In the third, the other half follows.
 */
Test(wind, an_answer_comes_in_halves, .timeout = 60)
{
	enum { LAST = WIND_MASTS - 1 };

	begin((long[]){FAIR, FAIR, FOR_EVER, FOR_EVER});
	bool asked = take_tries(1, 1);
	if (asked) {
		answer_some(1, 0, LAST - 1, old_wind);
		send_half(lift.wires[0][LAST], OLD_WIND, 0);
	}
	bool again = asked && take_tries(2, 2);
	if (again) {
		send_half(lift.wires[1][LAST], OLD_WIND, 0);
		for (int mast = 1; mast <= LAST; mast++)
			break_off(&lift.wires[1][mast]);
		answer_some(2, 0, 0, old_wind);
	}
	bool once_more = again && take_tries(3, 3);
	if (once_more) {
		answer_some(3, 0, LAST - 1, measured);
		send_half(lift.wires[2][LAST], measured[LAST], 0);
		schedule_await_blocked();
		send_half(lift.wires[2][LAST], measured[LAST], 1);
	}
	bool returned = once_more && returns(LATE);
	cr_assert(asked, "not every mast is asked");
	cr_assert(again, "a mast sends half of an answer, and its try does not end when the patience is over");
	cr_assert(once_more, "masts break off and have not answered, and the third try does not come");
	cr_assert(returned, "an answer has come in two halves, and wind_ask() still waits");
	/* The mast hangs up: a thread that has waited for the other half ends, and leaves no answer. */
	(void)shutdown(lift.wires[0][LAST], SHUT_WR); /* fails where a right design has hung up before */
	bool closed = ready(lift.wires[0][LAST], LATE);
	end();
	cr_assert(closed, "wind_ask() has returned, and the connection that has brought half of an answer is open");
	expect_measured(3);
}

/* It counts or it does not; but the thread that has it does not use what the try has given back. */
Test(wind, an_answer_comes_at_the_last_moment, .timeout = 60)
{
	REQUIRE(syscall(SYS_pipe2, last_moment, 0) == 0);
	begin((long[]){SHORT, FOR_EVER, FOR_EVER, FOR_EVER});
	bool asked = take_tries(1, 1), comes = asked && await_last_moment();
	if (comes)
		answer_some(1, 0, WIND_MASTS - 1, measured);
	schedule_reached(ANSWERED);
	bool again = asked && tries_again();
	asked = asked && (!again || take_tries(2, 2));
	if (again && asked)
		answer_try(2);
	bool returned = asked && returns(LATE);
	end();
	cr_assert(asked, "not every mast is asked");
	cr_assert(returned, "the try is answered, and wind_ask() still waits");
	if (comes) /* what becomes of a try without one, other tests tell */
		expect_measured(again ? 2 : 1);
}

/* As returns(). Half way and at the end, the last mast of the last try sends one byte; never all of an answer. */
static bool returns_to_bytes(long wait)
{
	static size_t sent;

	for (int half = 0; half < 2; half++) {
		if (returns(wait / 2))
			return true;
		if (++sent < sizeof(int))
			send(lift.wires[WIND_TRIES - 1][WIND_MASTS - 1], "", 1, MSG_NOSIGNAL);
	}
	return false;
}

/* A patience is for the try, not for each answer or each piece of one, nor for the call; and it is had to its end. */
Test(wind, gives_up, .timeout = 60)
{
	static const long patience[WIND_TRIES] = {NONE, FAIR, FAIR, LONG};
	const long all = NONE + FAIR + FAIR + LONG;

	begin(patience);
	bool asked = take_tries(1, WIND_TRIES), returned = false;
	for (int mast = 0; mast < WIND_MASTS - 1 && asked && !returned; mast++) {
		returned = returns_to_bytes(PAUSE);
		if (!returned)
			answer(lift.wires[WIND_TRIES - 1][mast], OLD_WIND);
	}
	returned = returned || (asked && returns(LATE - 2 * PAUSE));
	bool closed = returned;
	for (int i = 1; i <= WIND_TRIES && closed; i++)
		closed = wake_up(i);
	end();
	cr_assert(asked, "fewer than %d tries come; the first has a patience of %d ms, the next of %d", WIND_TRIES,
		  NONE, FAIR);
	cr_assert(returned, "not all masts have answered, and wind_ask() does not give up");
	cr_assert(closed, "wind_ask() has given up, and connections of its tries are open");
	cr_assert_eq(lift.result, 0, "not all masts have answered, and wind_ask() returns %d", lift.result);
	cr_assert_geq(lift.waited, all, "wind_ask() gives up after %ld ms, and had a patience of %ld ms", lift.waited,
		      all);
	expect_nothing_left();
}
