/*
 * What station.h promises, seen from outside. A part's thread, its close() and
 * the test share ended() without a lock, on purpose: station_stop() promises
 * that the thread has ended before the others look. If it has not, that is a
 * data race.
 */
#include "station.h"

#include <errno.h>

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum { SENSORS, RECORDER, SENDER, PARTS };
/* In ms. SETTLE is for a part that ends too late, so that it does so before the process ends; a right one never waits. */
enum { SETTLE = 5000, FOR_EVER = 86400000 };

static int error_of[PARTS];	     /* what close() is to return */
static int closed[16], closed_count; /* by the thread that calls station_stop() */
static bool too_early;		     /* one was closed while its thread was at work */
static bool leaves[PARTS];	     /* that one has no more to do from the beginning */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_left;
static int left; /* threads of parts that have left; guarded by lock */

/* Whether this part's thread has come to its end; it says so itself. */
static bool ended(int part, bool now)
{
	/* No bools: of eight bytes ThreadSanitizer keeps four accesses, and drops one by luck. */
	static long has_ended[PARTS];

	if (now)
		has_ended[part] = true;
	return has_ended[part];
}

static void work(int part, struct stop *stop)
{
	while (!leaves[part] && !stop_wait(stop, FOR_EVER))
		;
	ended(part, true);
	CHECK(pthread_mutex_lock(&lock));
	left++;
	CHECK(pthread_cond_signal(&one_left));
	CHECK(pthread_mutex_unlock(&lock));
}

static int close_part(int part)
{
	too_early |= !ended(part, false);
	cr_assert_lt(closed_count, 16, "close() is called again and again");
	closed[closed_count++] = part;
	return error_of[part];
}

static void read_sensors(struct stop *stop)
{
	work(SENSORS, stop);
}

static void record(struct stop *stop)
{
	work(RECORDER, stop);
}

static void send_records(struct stop *stop)
{
	work(SENDER, stop);
}

static int close_device(void)
{
	return close_part(SENSORS);
}

static int close_file(void)
{
	return close_part(RECORDER);
}

static int close_connection(void)
{
	return close_part(SENDER);
}

static const struct part parts[PARTS] = {
	{"sensors", read_sensors, close_device},
	{"recorder", record, close_file},
	{"sender", send_records, close_connection},
};

static void settle(void)
{
	struct timespec end = deadline_in(SETTLE);

	CHECK(pthread_mutex_lock(&lock));
	while (left < PARTS && deadline_cond_wait(&one_left, &lock, &end))
		;
	CHECK(pthread_mutex_unlock(&lock));
}

static void start_all(void)
{
	deadline_cond_init(&one_left);
	station_start(parts, PARTS);
}

/* Fails the test unless all parts have ended, and were closed in the right order. */
static void expect_all_stopped(void)
{
	int at_work = 0;

	cr_assert_eq(closed_count, PARTS, "%d parts, close() was called %d times", PARTS, closed_count);
	for (int i = 0; i < PARTS; i++)
		cr_assert_eq(closed[i], PARTS - 1 - i, "the parts were not closed in the reverse order of their start");
	for (int i = 0; i < PARTS; i++)
		at_work += !ended(i, false);
	settle();
	cr_assert_not(too_early, "a part was closed while its thread was at work");
	cr_assert_eq(at_work, 0, "station_stop() has returned, and %d parts are at work", at_work);
}

Test(station, stops_every_part, .timeout = 60)
{
	error_of[SENDER] = ECONNRESET;
	start_all();
	station_stop();
	expect_all_stopped();
}

Test(station, reports_the_first_error, .timeout = 60)
{
	/* Neither the least of them nor the largest, nor all of them at once. */
	error_of[SENDER] = ENODEV;
	error_of[RECORDER] = EIO;
	error_of[SENSORS] = ECONNRESET;
	start_all();
	int error = station_stop();
	/* A thread that was left at work must not end together with the process, or what a detector says of it is lost. */
	settle();
	cr_assert_eq(error, ENODEV, "the sender's close() failed first, with %d, and station_stop() says %d", ENODEV,
		     error);
}

/* One part ends long before the stop. It is closed in its turn all the same. */
Test(station, stops_well, .timeout = 60)
{
	leaves[SENSORS] = true;
	start_all();
	schedule_await_blocked();
	cr_assert_eq(station_stop(), 0);
	expect_all_stopped();
}

static void idle(struct stop *stop)
{
	while (!stop_wait(stop, FOR_EVER))
		;
}

static int close_nothing(void)
{
	closed_count++;
	return 0;
}

Test(station, has_room_for_all_its_parts, .timeout = 60)
{
	static struct part all[STATION_PARTS];

	for (int i = 0; i < STATION_PARTS; i++)
		all[i] = (struct part){"idle", idle, close_nothing};
	station_start(all, STATION_PARTS);
	cr_assert_eq(station_stop(), 0);
	cr_assert_eq(closed_count, STATION_PARTS, "%d parts, close() was called %d times", STATION_PARTS, closed_count);
}
