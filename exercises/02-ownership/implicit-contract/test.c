/*
 * What line.h promises, seen from the other end of the wire. The wire counts
 * its frames without a lock, on purpose: line_close() promises that nobody
 * sends any more when it returns. If somebody does, that is a data race.
 */
#include "line.h"

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum {
	SHORT = 500, /* ms: an interval; a tenth of it is clearly too short, and ten times of it too long for PATIENCE */
	HOUR = 3600000, /* ms: an interval that a test cannot wait for */
	PATIENCE = 8000 /* ms: for what a right line does in time; only a wrong one ever takes all of it */
};
enum { HELD_PING = 3 }; /* the ping that is held: the third */
enum { HELD_PING_SENT, NEVER, SLOW_PING_SENT };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int pings;		 /* begun; guarded by lock */
	struct timespec held_at; /* when the ping that is held began; guarded by lock */
	bool closed;		 /* line_close() has returned; guarded by lock */
	/* of the thread that sends, and once the line is closed, of the test; so without a lock */
	enum frame last;
	long goodbyes;
	bool late;	/* a frame was sent when the line was closed */
	long under_way; /* frames that have begun and not ended */
} wire = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Tells whether a frame that now begins is late, and whether it is the ping that is held. */
static bool begin(enum frame frame, bool *hold)
{
	CHECK(pthread_mutex_lock(&wire.lock));
	wire.pings += frame == FRAME_PING;
	*hold = frame == FRAME_PING && wire.pings == HELD_PING;
	if (*hold)
		wire.held_at = deadline_in(0);
	CHECK(pthread_cond_broadcast(&wire.changed));
	CHECK(pthread_mutex_unlock(&wire.lock));
	/* Now the closing thread either waits for this ping, or has not waited and is told below that it was late. */
	if (*hold)
		schedule_await_blocked();
	CHECK(pthread_mutex_lock(&wire.lock));
	bool late = wire.closed;
	CHECK(pthread_mutex_unlock(&wire.lock));
	return late;
}

static void send_frame(void *arg, enum frame frame)
{
	REQUIRE(arg == &wire);
	wire.under_way++;
	bool hold, late = begin(frame, &hold);
	wire.last = frame;
	wire.goodbyes += frame == FRAME_GOODBYE;
	wire.late |= late;
	if (hold)
		schedule_reached(HELD_PING_SENT);
	if (late)
		schedule_await(NEVER); /* a thread that nobody waits for goes no further, whatever it would do next */
	pthread_testcancel();	       /* as in write() */
	wire.under_way--;
}

/* For an interval that does not pass. A line that does not wait for it comes to rest here, and is found out. */
static void send_one_ping(void *arg, enum frame frame)
{
	send_frame(arg, frame);
	CHECK(pthread_mutex_lock(&wire.lock));
	bool early = frame == FRAME_PING && wire.pings > 1;
	CHECK(pthread_mutex_unlock(&wire.lock));
	if (early)
		schedule_await(NEVER);
}

/* Of a line that nothing is asked of but to be another one. */
static void send_elsewhere(void *wire_elsewhere, enum frame frame)
{
	(void)wire_elsewhere;
	(void)frame;
}

/* A ping on a wire that is slow today. */
static void send_elsewhere_slowly(void *wire_elsewhere, enum frame frame)
{
	(void)wire_elsewhere;
	if (frame == FRAME_PING)
		schedule_await(SLOW_PING_SENT);
}

static bool pings_begin(int pings)
{
	struct timespec end = deadline_in(PATIENCE);

	CHECK(pthread_mutex_lock(&wire.lock));
	while (wire.pings < pings && deadline_cond_wait(&wire.changed, &wire.lock, &end))
		;
	bool enough = wire.pings >= pings;
	CHECK(pthread_mutex_unlock(&wire.lock));
	return enough;
}

/* How long the ping that was held began after that, in ms. */
static long held_after(const struct timespec *moment)
{
	CHECK(pthread_mutex_lock(&wire.lock));
	long after = (wire.held_at.tv_sec - moment->tv_sec) * 1000 + (wire.held_at.tv_nsec - moment->tv_nsec) / 1000000;
	CHECK(pthread_mutex_unlock(&wire.lock));
	return after;
}

static void *close_line(void *line)
{
	line_close(line);
	CHECK(pthread_mutex_lock(&wire.lock));
	wire.closed = true;
	CHECK(pthread_cond_broadcast(&wire.changed));
	CHECK(pthread_mutex_unlock(&wire.lock));
	return NULL;
}

/* Closes the line on a thread of its own, and tells whether that ended in time. */
static bool closes(struct line *line)
{
	struct timespec end = deadline_in(PATIENCE);
	pthread_t closer;

	CHECK(pthread_create(&closer, NULL, close_line, line));
	CHECK(pthread_mutex_lock(&wire.lock));
	while (!wire.closed && deadline_cond_wait(&wire.changed, &wire.lock, &end))
		;
	bool closed = wire.closed;
	CHECK(pthread_mutex_unlock(&wire.lock));
	if (closed)
		CHECK(pthread_join(closer, NULL));
	return closed;
}

Test(line, sends_nothing_after_close, .timeout = 60)
{
	schedule_wake_in_vain();
	deadline_cond_init(&wire.changed);
	struct timespec opened = deadline_in(0);
	struct line *line = line_open(send_frame, &wire, SHORT);
	cr_assert(pings_begin(HELD_PING), "the line does not keep sending pings");
	long after = held_after(&opened);
	close_line(line);
	schedule_await(HELD_PING_SENT);
	cr_assert_not(wire.late, "line_close() has returned, and a frame was still under way");
	cr_assert_eq(wire.last, FRAME_GOODBYE, "the goodbye was not the last frame");
	cr_assert_eq(wire.goodbyes, 1, "a line was closed, and has sent %ld goodbyes", wire.goodbyes);
	cr_assert_eq(wire.under_way, 0, "line_close() has cut short a ping that was under way");
	cr_assert_geq(after, (HELD_PING - 1) * SHORT, "the line sends ping %d after %ld ms, with an interval of %d ms",
		      HELD_PING, after, SHORT);
}

Test(line, closes_in_the_middle_of_an_interval, .timeout = 60)
{
	schedule_wake_in_vain();
	deadline_cond_init(&wire.changed);
	struct line *first = line_open(send_elsewhere, NULL, HOUR);
	schedule_await_blocked(); /* it waits first: one wake-up for any of those that wait is not enough */
	struct line *line = line_open(send_one_ping, &wire, HOUR);
	cr_assert(pings_begin(1), "the line sends no ping at once");
	schedule_await_blocked(); /* now it is in the middle of the interval */
	CHECK(pthread_mutex_lock(&wire.lock));
	int pings = wire.pings;
	CHECK(pthread_mutex_unlock(&wire.lock));
	cr_assert_eq(pings, 1, "the line sends a second ping before the interval has passed");
	struct line *other = line_open(send_elsewhere_slowly, NULL, HOUR);
	schedule_await_blocked(); /* a close without a wait frees what no thread reads for an hour */
	cr_assert(closes(line), "line_close() waits for the interval to pass, or for another line");
	cr_assert_eq(wire.last, FRAME_GOODBYE, "the goodbye was not the last frame");
	cr_assert_eq(wire.goodbyes, 1, "a line was closed, and has sent %ld goodbyes", wire.goodbyes);
	wire.closed = false;
	schedule_reached(SLOW_PING_SENT);
	line_close(other);
	line_close(first);

	/* One that is opened when others are closed is as good as the first. */
	line = line_open(send_frame, &wire, SHORT);
	cr_assert(pings_begin(pings + 2), "a line that is opened after another was closed does not keep sending pings");
	line_close(line);
}
