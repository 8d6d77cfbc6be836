/*
 * What seats.h promises, seen by the owner of the views, who counts them: the
 * gauge `clients` is lowered when view_close() has returned. A slow visitor
 * has no lock, on purpose: if a message is still under way then, that is a data
 * race.
 */
#include "seats.h"

#include <criterion/criterion.h>
#include <time.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gate.h"
#include "kit/gauge.h"
#include "kit/schedule.h"
#include "kit/stop.h"

enum {
	SHORT = 1, /* ms: an interval */
	/* ms: an interval, not a whole number of seconds; a tenth of it is clearly too short, and ten times of it too long */
	MIDDLE = 900,
	LONG = 10,	  /* s: an interval; only a wrong view_close() takes so long */
	PATIENCE = 10000, /* ms: for a message; only a wrong view takes all of it */
	RECONNECTS = 8,
};
enum { HOLD_OVER, FIRST_SOLD, NEVER };

static struct view *connect_to(view_send *send, void *visitor, long heartbeat)
{
	schedule_wake_in_vain();
	gauge_add("clients", 1);
	return view_open(send, visitor, heartbeat);
}

static void hang_up(struct view *view)
{
	view_close(view);
	gauge_add("clients", -1);
}

/* --- visitors who look at the map --- */

static const int sold[] = {17, 3, 42};
enum { SOLD = sizeof sold / sizeof *sold, BEFORE = 7, LAST = 99, BEATS = 2 };
enum { MANY_FROM = 43, MANY_TO = 98, PACE = 120 /* ms: so often a seat is sold while heartbeats are waited for */ };

struct visitor {
	int seats;			/* so many are expected */
	struct stop seats_seen, beaten; /* requested when they have come, and BEATS heartbeats */
	bool slow;			/* the first heartbeat takes until a few seats are sold */
	bool slow_seat;			/* the first seat takes until all others are sold */
	int inside, beats;		/* no lock, as view_send promises */
	int seen[SEATS];		/* how often; guarded by lock */
	int count;			/* of them; guarded by lock */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct stop beat_begun, some_sold, beat_over; /* of the slow visitor, with a heartbeat or a seat */
static struct stop overlap;			     /* requested when two messages to one visitor are under way */
static struct stop held_up;			     /* requested when who sells a seat waits for the slow visitor */

/* Returns how often the visitor has seen this seat, `more` times more now. */
static int seen(struct visitor *visitor, int seat, int more)
{
	CHECK(pthread_mutex_lock(&lock));
	int times = visitor->seen[seat] += more;
	visitor->count += more;
	if (more && visitor->count == visitor->seats)
		stop_request(&visitor->seats_seen);
	CHECK(pthread_mutex_unlock(&lock));
	return times;
}

/* Keeps a message under way while seats are sold, until the view has come as far as it gets. */
static void take_slowly(void)
{
	stop_request(&beat_begun);
	schedule_await_blocked();
	if (!stop_requested(&some_sold))
		stop_request(&held_up);
	stop_request(&beat_over);
}

static void receive(void *arg, int seat)
{
	struct visitor *visitor = arg;

	if (visitor->inside++ > 0)
		stop_request(&overlap);
	if (seat != HEARTBEAT && visitor->slow_seat) {
		visitor->slow_seat = false;
		take_slowly();
	}
	if (seat != HEARTBEAT)
		seen(visitor, seat, 1);
	else if (++visitor->beats == 1 && visitor->slow)
		take_slowly();
	else if (visitor->beats == BEATS)
		stop_request(&visitor->beaten);
	visitor->inside--;
}

static struct view *let_in(struct visitor *visitor, int seats, long heartbeat)
{
	visitor->seats = seats;
	stop_init(&visitor->seats_seen);
	stop_init(&visitor->beaten);
	return connect_to(receive, visitor, heartbeat);
}

/* The second visitor's, which no seat puts off, however often one is sold. Returns how long after the moment, in ms. */
static long await_beats(struct visitor *visitor, const struct timespec *moment)
{
	bool beaten = false;

	for (int seat = MANY_FROM; seat <= MANY_TO && !beaten; seat++) {
		seat_sold(seat);
		beaten = stop_wait(&visitor->beaten, PACE);
	}
	cr_assert(beaten, "seats are sold all the time, and a visitor gets no heartbeats");
	struct timespec now = deadline_in(0);
	return (now.tv_sec - moment->tv_sec) * 1000 + (now.tv_nsec - moment->tv_nsec) / 1000000;
}

Test(seats, sends_seats_and_heartbeats, .timeout = 60)
{
	static struct visitor visitors[2] = {{.slow = true}};
	struct view *views[2];

	stop_init(&beat_begun);
	stop_init(&some_sold);
	stop_init(&beat_over);
	stop_init(&overlap);
	stop_init(&held_up);
	seat_sold(BEFORE);
	views[0] = let_in(&visitors[0], SOLD + 1, SHORT);
	cr_assert(stop_wait(&beat_begun, PATIENCE), "a visitor gets no heartbeat");
	for (int i = 0; i < SOLD; i++)
		seat_sold(sold[i]);
	stop_request(&some_sold);
	cr_assert(stop_wait(&beat_over, PATIENCE), "a visitor's heartbeat does not end");
	struct timespec opened = deadline_in(0);
	views[1] = let_in(&visitors[1], 1, MIDDLE);
	seat_sold(LAST);
	for (int i = 0; i < 2; i++)
		cr_assert(stop_wait(&visitors[i].seats_seen, PATIENCE),
			  "a seat is sold, and a visitor does not hear of it");
	cr_assert(stop_wait(&visitors[0].beaten, PATIENCE), "a visitor gets no more heartbeats");
	long after = await_beats(&visitors[1], &opened);
	for (int i = 0; i < 2; i++)
		hang_up(views[i]);
	cr_assert_not(stop_requested(&held_up), "a message is under way, and seat_sold() waits for it");
	cr_assert_geq(after, BEATS * MIDDLE, "%d heartbeats came within %ld ms, and one is due every %d ms", BEATS,
		      after, MIDDLE);
	cr_assert_not(stop_requested(&overlap), "send() was called while another was under way for the same view");
	for (int i = 0; i < 2; i++)
		cr_assert_eq(seen(&visitors[i], BEFORE, 0), 0,
			     "a seat was sent that was sold before the view was opened");
	for (int i = 0; i < SOLD; i++)
		cr_assert_eq(seen(&visitors[0], sold[i], 0), 1, "seat %d was not sent once", sold[i]);
	for (int i = 0; i < 2; i++)
		cr_assert_eq(seen(&visitors[i], LAST, 0), 1, "seat %d was not sent once", LAST);
}

/* To a visitor who takes a seat slowly all others are sold meanwhile, and none of them is lost. */
Test(seats, sells_while_a_seat_is_sent, .timeout = 60)
{
	static struct visitor visitor = {.slow_seat = true};

	stop_init(&beat_begun);
	stop_init(&some_sold);
	stop_init(&beat_over);
	stop_init(&overlap);
	stop_init(&held_up);
	struct timespec opened = deadline_in(0);
	struct view *view = let_in(&visitor, SEATS, LONG * 1000);
	seat_sold(0);
	cr_assert(stop_wait(&beat_begun, PATIENCE), "a seat is sold, and a visitor does not hear of it");
	for (int seat = 1; seat < SEATS; seat++)
		seat_sold(seat);
	stop_request(&some_sold);
	bool all = stop_wait(&visitor.seats_seen, PATIENCE);
	hang_up(view);
	long open = deadline_in(0).tv_sec - opened.tv_sec;
	cr_assert_not(stop_requested(&held_up), "a message is under way, and seat_sold() waits for it");
	cr_assert_leq(visitor.beats, open / LONG + 1, "a heartbeat is due every %d s, and %d came within %ld s", LONG,
		      visitor.beats, open);
	cr_assert(all, "seats were sold while a message was under way, and a visitor does not hear of all");
	for (int seat = 0; seat < SEATS; seat++)
		cr_assert_eq(seen(&visitor, seat, 0), 1, "seat %d was not sent once", seat);
}

/* Anywhere else, and nothing orders that before the views that are opened now, but the hall. */
static void *sell_elsewhere(void *unused)
{
	seat_sold(MANY_FROM);
	schedule_reached(FIRST_SOLD);
	return unused;
}

/*
 * Of three views that wait, one after the other, the second is closed, and then a seat is sold: to wake any one of them is
 * not enough.
 */
static void three_at_a_time(void)
{
	static struct visitor visitors[3];
	struct view *views[3];
	pthread_t seller;

	schedule_wake_in_vain();
	gauge_add("clients", 1); /* the seller has a thread, which is none of the hall's */
	CHECK(pthread_create(&seller, NULL, sell_elsewhere, NULL));
	schedule_await(FIRST_SOLD);
	for (int i = 0; i < 3; i++) {
		views[i] = let_in(&visitors[i], 1, LONG * 1000);
		schedule_await_blocked();
	}
	CHECK(pthread_join(seller, NULL));
	gauge_add("clients", -1);
	struct timespec before = deadline_in(0);
	hang_up(views[1]);
	struct timespec after = deadline_in(0);
	cr_assert_lt(after.tv_sec - before.tv_sec, LONG, "view_close() waits for the next heartbeat");
	schedule_await_blocked(); /* those that view_close() has woken wait again */
	seat_sold(LAST);
	schedule_await_blocked();
	for (int i = 0; i < 3; i++)
		cr_assert_eq(seen(&visitors[i], LAST, 0), i != 1, "a seat is sold, and not every visitor hears of it");
	hang_up(views[0]);
	hang_up(views[2]);
}

Test(seats, leaves_nothing_behind, .timeout = 60)
{
	static struct visitor visitor;
	struct timespec before, after;

	stop_init(&visitor.seats_seen);
	stop_init(&visitor.beaten);
	stop_init(&overlap);
	three_at_a_time();
	for (int i = 0; i < RECONNECTS; i++) {
		REQUIRE(clock_gettime(CLOCK_MONOTONIC, &before) == 0);
		struct view *view = connect_to(receive, &visitor, LONG * 1000);
		seat_sold(i);
		hang_up(view);
		REQUIRE(clock_gettime(CLOCK_MONOTONIC, &after) == 0);
		cr_assert_lt(after.tv_sec - before.tv_sec, LONG, "view_close() waits for the next heartbeat");
	}
}

/* --- a visitor with a slow connection --- */

static struct slow_visitor {
	int begun, ended; /* messages */
	bool late;	  /* view_close() returned while one was under way */
	bool holds_up;	  /* while view_close() waited, seats could not be sold, or another view not be closed */
} slow_visitor;

static struct stop under_way;		    /* requested when the first message has begun */
static struct stop closed;		    /* requested when view_close() has returned */
static struct gate held = GATE_INITIALIZER; /* opened when view_close() waits for that message, or has returned */
static struct stop gone_on;		    /* requested when the others have gone on meanwhile */

/* Keeps the first message under way until view_close() waits for it, or has returned without. */
static void hold(struct slow_visitor *visitor)
{
	int before;

	stop_request(&under_way);
	CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before));
	schedule_await_blocked();
	visitor->late = stop_requested(&closed);
	gate_open(&held);
	if (!stop_wait(&gone_on, PATIENCE)) /* they may look now and then whether they can go on */
		schedule_await_blocked();   /* and on a slow machine they are still on their way */
	visitor->holds_up = !stop_requested(&gone_on);
	CHECK(pthread_setcancelstate(before, &before));
	schedule_reached(HOLD_OVER);
	if (visitor->late)
		schedule_await(NEVER); /* nobody can tell what this thread would do next */
}

static void receive_slowly(void *arg, int seat)
{
	struct slow_visitor *visitor = arg;

	(void)seat;
	if (++visitor->begun == 1)
		hold(visitor);
	pthread_testcancel(); /* as in write() */
	visitor->ended++;
}

/* A seat is sold, and another visitor, if there is one, hangs up, while the first one's view is being closed. */
static void *go_on(void *view)
{
	gate_wait(&held);
	seat_sold(LAST);
	if (view)
		view_close(view);
	stop_request(&gone_on);
	return NULL;
}

/* Looks without a lock, as the caller of view_close() may. */
static struct slow_visitor visitor_when_closed(void)
{
	return slow_visitor;
}

/* The first message is a heartbeat, or the first of so many seats; then the others are still to be sent. */
static void close_slowly(long heartbeat, int seats)
{
	static struct visitor other;
	pthread_t other_owner;

	stop_init(&under_way);
	stop_init(&closed);
	stop_init(&gone_on);
	stop_init(&overlap);
	struct view *view = connect_to(receive_slowly, &slow_visitor, heartbeat);
	struct view *other_view = seats > 0 ? let_in(&other, 1, 10 * LONG * 1000) : NULL;
	gauge_add("clients", 1); /* the other's owner has a thread, which is none of the hall's */
	CHECK(pthread_create(&other_owner, NULL, go_on, other_view));
	for (int seat = 0; seat < seats; seat++)
		seat_sold(seat);
	cr_assert(stop_wait(&under_way, PATIENCE), "no message comes");
	hang_up(view);
	stop_request(&closed);
	schedule_await(HOLD_OVER);

	struct slow_visitor visitor = visitor_when_closed();
	if (!visitor.holds_up) {
		CHECK(pthread_join(other_owner, NULL));
		gauge_add("clients", other_view ? -2 : -1);
	}
	cr_assert_not(visitor.late, "view_close() has returned, and a message is still under way");
	cr_assert_eq(visitor.ended, visitor.begun, "messages begun %d, ended %d", visitor.begun, visitor.ended);
	cr_assert_not(visitor.holds_up,
		      "view_close() waits for a message, and others wait with it: who sells a seat, or "
		      "closes another view");
	cr_assert_leq(visitor.begun, 2, "view_close() was called, and %d more seats are sent", visitor.begun - 1);
}

Test(seats, waits_for_a_message_under_way, .timeout = 60)
{
	close_slowly(SHORT, 0);
}

Test(seats, waits_for_a_seat_under_way, .timeout = 60)
{
	close_slowly(LONG * 1000, SEATS - 1);
}
