/*
 * What planner.h promises, seen by the saws. Each trunk has a number, and the
 * tests count the tries for each. Nothing is judged by how long it takes, only
 * by whether it ends: a saw that waits for LATE ms is never near that with a
 * right planner.
 */
#include "planner.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gauge.h"
#include "kit/loopback.h"
#include "kit/schedule.h"
#include "kit/stop.h"

/* In ms. A month of them is more than an int counts. */
static const long LATE = 8000, HOUR = 3600000, MONTH = 2592000000;
enum { HALF_A_SECOND = 500000000 /* ns */ };
enum { WAYS = 5, BEST = 4, STRANGERS = 4, DESCRIPTORS = 256 };
enum { PLAIN, HELD, IN_LINE, TORN, HALF, SILENT, LATER, TIGHT, PAST, NO_TIME, LEAVES, CRASHES, TRUNKS };

static struct stop is_tried[TRUNKS]; /* those of `holds` */
static int left_open;		     /* connections, after the answer */

/* These tries take until the test says so: until the trunk's point is reached. */
static const struct {
	int trunk, way;
} holds[] = {{HELD, 1}, {LEAVES, WAYS - 1}, {CRASHES, WAYS}};

static struct {
	pthread_mutex_t lock;
	int tries[TRUNKS];	/* begun; guarded by lock */
	int all, first[TRUNKS]; /* tries of all trunks, and how many those were at a trunk's first; guarded by lock */
	bool useless[TRUNKS];	/* nobody can use its plan any more; guarded by lock */
	int wasted;		/* tries that began then; guarded by lock */
	struct timespec tight;	/* until when TIGHT is of use; guarded by lock */
} mill = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void set_useless(int trunk)
{
	CHECK(pthread_mutex_lock(&mill.lock));
	mill.useless[trunk] = true;
	CHECK(pthread_mutex_unlock(&mill.lock));
}

static int tries_of(int trunk)
{
	CHECK(pthread_mutex_lock(&mill.lock));
	int tries = mill.tries[trunk];
	CHECK(pthread_mutex_unlock(&mill.lock));
	return tries;
}

/* The first try of TIGHT takes until it is too late. Each way of HELD is worth more than all of the others. */
static int try_way(int trunk, int way)
{
	REQUIRE(trunk >= 0 && trunk < TRUNKS); /* or it is none that a saw has sent */
	CHECK(pthread_mutex_lock(&mill.lock));
	mill.all++;
	if (mill.tries[trunk]++ == 0)
		mill.first[trunk] = mill.all;
	mill.wasted += mill.useless[trunk];
	gauge_set("wasted", mill.wasted);
	struct timespec tight = mill.tight;
	CHECK(pthread_mutex_unlock(&mill.lock));
	for (size_t i = 0; i < sizeof holds / sizeof *holds; i++)
		if (trunk == holds[i].trunk && way == holds[i].way) {
			stop_request(&is_tried[trunk]);
			schedule_await(trunk);
		}
	if (trunk == TIGHT && way == 1) {
		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &tight, NULL) != 0)
			;
		set_useless(TIGHT);
	}
	return (way == BEST ? 0 : -way) + (trunk == HELD ? 100 : 0);
}

/* Returns when the other side's kernel has what was sent. */
static void await_arrival(int wire)
{
	int under_way;

	while (ioctl(wire, SIOCOUTQ, &under_way) == 0 && under_way > 0)
		poll(NULL, 0, 1);
}

static struct planner *start(void)
{
	for (int i = 0; i < TRUNKS; i++)
		stop_init(&is_tried[i]);
	gauge_set("wasted", 0);
	return planner_start(try_way);
}

static int send_order(const struct planner *planner, int trunk, struct timespec until)
{
	struct order order = {.trunk = trunk, .ways = trunk == LATER ? BEST : WAYS, .until = until};
	int wire = loopback_connect(planner_port(planner));

	REQUIRE(send(wire, &order, sizeof order, 0) == (ssize_t)sizeof order);
	return wire;
}

/* The second piece of the order is sent when the first has been received. */
static int send_in_pieces(const struct planner *planner, int trunk, struct timespec until)
{
	struct order order = {.trunk = trunk, .ways = WAYS, .until = until};
	int wire = loopback_connect(planner_port(planner));

	REQUIRE(send(wire, &order, sizeof order.trunk, 0) == (ssize_t)sizeof order.trunk);
	await_arrival(wire);
	schedule_await_blocked();
	REQUIRE(send(wire, &order.ways, sizeof order - sizeof order.trunk, 0) > 0);
	return wire;
}

/* No more than the trunk. */
static int send_half(const struct planner *planner, int trunk)
{
	int wire = loopback_connect(planner_port(planner));

	REQUIRE(send(wire, &trunk, sizeof trunk, 0) == (ssize_t)sizeof trunk);
	return wire;
}

/* Returns when the planner's side of the connection knows: then the saw has hung up, however slow the machine is. */
static void hang_up(int wire)
{
	struct linger until_known = {.l_onoff = 1, .l_linger = 60 /* s */};

	REQUIRE(setsockopt(wire, SOL_SOCKET, SO_LINGER, &until_known, sizeof until_known) == 0);
	REQUIRE(close(wire) == 0);
}

/* Says that the saw will send no more; it still listens. Returns when the planner's side of the connection knows. */
static void fall_silent(int wire)
{
	REQUIRE(shutdown(wire, SHUT_WR) == 0);
	await_arrival(wire);
}

/* Whether there is a connection between these two ports. One port alone says nothing: others on this machine have had it. */
static bool are_connected(int planners, int port)
{
	FILE *connections = fopen("/proc/net/tcp", "r");
	char line[256];
	bool found = false;

	REQUIRE(connections);
	while (fgets(line, sizeof line, connections)) {
		unsigned own, other;
		found = found || (sscanf(line, " %*d: %*x:%x %*x:%x", &own, &other) == 2 && (int)own == planners &&
				  (int)other == port);
	}
	REQUIRE(fclose(connections) == 0);
	return found;
}

/* The saw's program crashes, and there is no goodbye. Returns when the planner's side of the connection knows. */
static void tear_down(const struct planner *planner, int wire)
{
	struct linger none = {.l_onoff = 1};
	int port = loopback_port(wire);

	REQUIRE(setsockopt(wire, SOL_SOCKET, SO_LINGER, &none, sizeof none) == 0);
	REQUIRE(close(wire) == 0);
	while (are_connected(planner_port(planner), port))
		poll(NULL, 0, 1);
}

/* Whether the planner closes the connection, and sends nothing before that. */
static bool is_closed(int wire)
{
	char byte;
	ssize_t got = recv(wire, &byte, 1, 0);

	return got == 0 || (got < 0 && errno == ECONNRESET);
}

static void be_patient(int wire)
{
	struct timeval late = {.tv_sec = LATE / 1000};

	REQUIRE(setsockopt(wire, SOL_SOCKET, SO_RCVTIMEO, &late, sizeof late) == 0);
}

/* Waits for the plan, and for the end of the connection, and hangs up. False when no plan has come. */
static bool get_plan(int wire, struct plan *plan)
{
	be_patient(wire);
	bool got = recv(wire, plan, sizeof *plan, MSG_WAITALL) == (ssize_t)sizeof *plan;
	left_open += got && !is_closed(wire);
	hang_up(wire);
	return got;
}

/* Sockets and pipes, that is: a detector may open files at any time. */
static int open_descriptors(void)
{
	struct stat file;
	int open = 0;

	for (int i = 0; i < DESCRIPTORS; i++)
		open += fstat(i, &file) == 0 && (S_ISSOCK(file.st_mode) || S_ISFIFO(file.st_mode));
	return open;
}

static bool is_best(const struct plan *plan)
{
	return plan->result == PLAN_DONE && plan->best == BEST;
}

/*
 * The moment has no nanoseconds: what they are now says nothing. Two other planners do not matter, one that is stopped
 * and one that is at work.
 */
Test(planner, plans_for_a_saw_that_waits, .timeout = 60)
{
	int before = open_descriptors();
	struct planner *planner = start(), *other = planner_start(try_way), *busy = planner_start(try_way);
	struct timespec until = deadline_in(HOUR);
	struct plan plan = {.best = 0}, held_plan = {.best = 0};

	planner_stop(other);
	int held = send_order(busy, HELD, until);
	cr_assert(stop_wait(&is_tried[HELD], LATE), "a saw waits, and nothing is tried for it");
	until.tv_nsec = 0;
	bool got = get_plan(send_in_pieces(planner, PLAIN, until), &plan);
	schedule_reached(HELD);
	bool held_got = get_plan(held, &held_plan);
	planner_stop(planner);
	planner_stop(busy);
	int left = open_descriptors() - before;
	cr_assert(got, "the saw waits, and gets no plan");
	cr_assert(is_best(&plan) && tries_of(PLAIN) == WAYS,
		  "%d of %d ways were tried, and way %d is said to be the best", tries_of(PLAIN), WAYS, plan.best);
	cr_assert(held_got && is_best(&held_plan) && tries_of(HELD) == WAYS,
		  "%d of %d ways were tried, and way %d is said to be the best: meanwhile another planner made a plan",
		  tries_of(HELD), WAYS, held_plan.best);
	cr_assert_eq(left_open, 0, "the saw has its plan, and the planner does not close the connection");
	cr_assert_eq(left, 0, "the planners are stopped, and %d descriptors are open that were not before", left);
}

Test(planner, stops_when_the_saw_hangs_up, .timeout = 60)
{
	int before = open_descriptors();
	struct planner *planner = start();
	int held = send_order(planner, HELD, deadline_in(HOUR));
	struct plan plan = {.best = 0}, later_plan = {.best = 0};

	cr_assert(stop_wait(&is_tried[HELD], LATE), "a saw waits, and nothing is tried for it");
	hang_up(send_order(planner, IN_LINE, deadline_in(HOUR)));
	tear_down(planner, send_order(planner, TORN, deadline_in(HOUR)));
	hang_up(loopback_connect(planner_port(planner)));
	hang_up(send_half(planner, HALF));
	int silent = send_order(planner, SILENT, deadline_in(HOUR));
	fall_silent(silent);
	hang_up(held);
	set_useless(HELD);
	set_useless(IN_LINE);
	set_useless(TORN);
	set_useless(SILENT);
	/* The later one has less time, and less to try: that does not count. */
	int last = send_order(planner, PLAIN, deadline_in(MONTH)),
	    later = send_order(planner, LATER, deadline_in(HOUR));
	schedule_await_blocked(); /* if somebody else watches the wires for the planner, they have seen it now */
	int at_once = tries_of(PLAIN);
	schedule_reached(HELD);
	bool got = get_plan(last, &plan);
	got = get_plan(later, &later_plan) && got;
	be_patient(silent);
	bool no_plan = is_closed(silent);
	hang_up(silent);
	planner_stop(planner);
	int left = open_descriptors() - before;
	cr_assert(got, "some saws have hung up or fallen silent, and the two after them get no plan");
	cr_assert(
		is_best(&plan) && is_best(&later_plan),
		"some saws have hung up or fallen silent, and for the two after them ways %d and %d are said to be the best",
		plan.best, later_plan.best);
	cr_assert_eq(at_once, 0, "one plan was under way, and another one was made at the same time");
	cr_assert_eq(tries_of(HELD), 1, "the saw hung up during the first try, and %d were made", tries_of(HELD));
	cr_assert_eq(tries_of(IN_LINE), 0, "the saw hung up before its turn, and %d tries were made for it",
		     tries_of(IN_LINE));
	cr_assert_eq(tries_of(TORN), 0, "the saw was torn off the wire before its turn, and %d tries were made for it",
		     tries_of(TORN));
	cr_assert_eq(tries_of(SILENT), 0, "the saw said that it would send no more, and %d tries were made for it",
		     tries_of(SILENT));
	cr_assert(no_plan, "the saw said that it would send no more, and gets a plan that nobody has made");
	cr_assert_lt(mill.first[PLAIN], mill.first[LATER],
		     "of two saws in line the one that came later gets its plan first");
	cr_assert_eq(tries_of(HALF), 0, "the saw hung up in the middle of its order, and %d tries were made for it",
		     tries_of(HALF));
	cr_assert_eq(left, 0, "the planner is stopped, and %d descriptors are open that were not before", left);
}

/*
 * One hangs up before the last try. The other says in the last one that it will send no more, and crashes: who sends to
 * such a connection is told so by a signal, unless he has asked for an error.
 */
Test(planner, goes_on_when_a_saw_leaves_late, .timeout = 60)
{
	int before = open_descriptors();
	struct planner *planner = start();
	struct plan plan = {.best = 0};
	int leaves = send_order(planner, LEAVES, deadline_in(HOUR));

	cr_assert(stop_wait(&is_tried[LEAVES], LATE), "a saw waits, and not all is tried for it");
	hang_up(leaves);
	set_useless(LEAVES);
	schedule_reached(LEAVES);
	int crashes = send_order(planner, CRASHES, deadline_in(HOUR));
	cr_assert(stop_wait(&is_tried[CRASHES], LATE), "a saw waits, and not all is tried for it");
	fall_silent(crashes);
	tear_down(planner, crashes);
	set_useless(CRASHES);
	schedule_reached(CRASHES);
	bool got = get_plan(send_order(planner, PLAIN, deadline_in(HOUR)), &plan);
	planner_stop(planner);
	int left = open_descriptors() - before;
	cr_assert_eq(tries_of(LEAVES), WAYS - 1, "the saw hung up before the last of %d tries, and %d were made", WAYS,
		     tries_of(LEAVES));
	cr_assert(got && is_best(&plan), "a saw has left during the last try, and the next one does not get its plan");
	cr_assert_eq(left, 0, "the planner is stopped, and %d descriptors are open that were not before", left);
}

static bool has_passed(const struct timespec *until)
{
	struct timespec now;

	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return now.tv_sec != until->tv_sec ? now.tv_sec > until->tv_sec : now.tv_nsec >= until->tv_nsec;
}

/* A moment not far off, and in the same second as now: what the seconds are says nothing yet. */
static struct timespec later_in_this_second(void)
{
	struct timespec now;

	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	if (now.tv_nsec >= HALF_A_SECOND) {
		now = (struct timespec){.tv_sec = now.tv_sec + 1};
		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &now, NULL) != 0)
			;
	}
	now.tv_nsec += HALF_A_SECOND - 1;
	return now;
}

Test(planner, stops_when_it_is_too_late, .timeout = 60)
{
	struct planner *planner = start();
	struct timespec until = later_in_this_second(), zero = {0};
	struct plan tight = {.result = PLAN_DONE}, past = {.result = PLAN_DONE}, no_time = {.result = PLAN_DONE};

	set_useless(PAST);
	set_useless(NO_TIME);
	CHECK(pthread_mutex_lock(&mill.lock));
	mill.tight = until;
	CHECK(pthread_mutex_unlock(&mill.lock));
	bool got = get_plan(send_order(planner, TIGHT, until), &tight);
	bool early = tight.result == PLAN_TOO_LATE && !has_passed(&until);
	/* TIGHT was answered when its time had passed, by any planner that is right. So the second before has passed. */
	until = (struct timespec){.tv_sec = until.tv_sec - 1, .tv_nsec = 999999999};
	got = get_plan(send_order(planner, PAST, until), &past) && got;
	got = get_plan(send_order(planner, NO_TIME, zero), &no_time) &&
	      got; /* by a clock that began with the machine */
	planner_stop(planner);
	cr_assert(got, "the saws are still there, and get no answer");
	cr_assert_not(early, "a saw is told that it is too late, and there is time left");
	cr_assert(tries_of(TIGHT) <= 1, "the time passed during the first try, and %d were made", tries_of(TIGHT));
	cr_assert_eq(tries_of(PAST), 0, "the time had passed before, and %d tries were made", tries_of(PAST));
	cr_assert_eq(tries_of(NO_TIME), 0, "the time had always passed, and %d tries were made", tries_of(NO_TIME));
	cr_assert(tight.result == PLAN_TOO_LATE && past.result == PLAN_TOO_LATE && no_time.result == PLAN_TOO_LATE,
		  "a plan that comes too late is called done");
	cr_assert_eq(left_open, 0, "the saw has its answer, and the planner does not close the connection");
}

/* Connections of somebody else. They get the lowest numbers that are free, those that the planner has just closed first. */
static void connect_strangers(int strangers[STRANGERS][2])
{
	for (int i = 0; i < STRANGERS; i++)
		REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, strangers[i]) == 0);
}

static struct stop has_stopped;

static void *stop_it(void *planner)
{
	planner_stop(planner);
	stop_request(&has_stopped);
	return NULL;
}

/* One plan is under way, and its saw waits; another saw is in line. What the planner still looks at must be its own. */
Test(planner, ends_what_is_under_way, .timeout = 60)
{
	struct planner *planner = start();
	int held = send_order(planner, HELD, deadline_in(HOUR));
	struct plan plan = {.best = 0};
	int strangers[STRANGERS][2];
	pthread_t thread;

	stop_init(&has_stopped);
	cr_assert(stop_wait(&is_tried[HELD], LATE), "a saw waits, and nothing is tried for it");
	int in_line = send_order(planner, IN_LINE, deadline_in(HOUR));
	be_patient(in_line);
	CHECK(pthread_create(&thread, NULL, stop_it, planner));
	schedule_await_blocked();
	bool early = stop_requested(&has_stopped);
	connect_strangers(strangers);
	schedule_reached(HELD);
	bool got = get_plan(held, &plan);
	cr_assert(stop_wait(&has_stopped, LATE), "planner_stop() does not return, and no plan is under way");
	CHECK(pthread_join(thread, NULL));
	bool closed = is_closed(in_line);
	hang_up(in_line);
	cr_assert_not(early, "planner_stop() has returned, and a plan is under way");
	cr_assert(got && plan.result == PLAN_DONE && plan.best == BEST, "the saw waits, and its plan is given up");
	cr_assert_eq(tries_of(IN_LINE), 0, "the planner was stopped, and has begun with another plan");
	cr_assert(closed, "the planner is stopped, and has not hung up on a saw in line");
}
