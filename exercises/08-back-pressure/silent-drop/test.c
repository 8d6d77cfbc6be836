/*
 * What toll.h promises, seen from outside. The biller of these tests writes
 * only while it has paper, so that the bridge is full for as long as a test
 * likes. Nothing is judged by how long it takes, only by whether it ends.
 */
#include "toll.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

/* In ms. LATE is when a test stops waiting for a call that does not return, and no right one is near it. */
enum { SHORT = 20, LATE = 8000, FOR_EVER = 86400000 };
enum { CAMERAS_ARE_BACK }; /* for kit/schedule.h */
enum { CARS = TOLL_ROOM + 2 /* for each camera */, MANY = 100 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int paper, bills, bills_of[MANY]; /* guarded by lock */
} office = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void write_bill(int plate)
{
	CHECK(pthread_mutex_lock(&office.lock));
	while (office.paper == 0)
		CHECK(pthread_cond_wait(&office.changed, &office.lock));
	office.paper--;
	office.bills++;
	office.bills_of[plate]++;
	gauge_add("billed", 1);
	CHECK(pthread_mutex_unlock(&office.lock));
}

static void add_paper(int sheets)
{
	CHECK(pthread_mutex_lock(&office.lock));
	office.paper += sheets;
	CHECK(pthread_cond_broadcast(&office.changed));
	CHECK(pthread_mutex_unlock(&office.lock));
}

/* A camera and its thread. Each has a lock of its own: nothing here orders one camera with the other. */
struct camera {
	pthread_t thread;
	int cars, first_plate;
	long patience;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int taken; /* guarded by lock */
	bool back; /* guarded by lock; all of its calls have returned */
} cameras[3];

static bool was_taken[MANY]; /* by the plate; of the camera that has read it, and the test's when that was joined */

static void *watch(void *arg)
{
	struct camera *camera = arg;
	int taken = 0;

	for (int plate = camera->first_plate; plate < camera->first_plate + camera->cars; plate++) {
		gauge_add("passed", 1);
		was_taken[plate] = toll_pass(plate, camera->patience) == TOLL_TAKEN;
		taken += was_taken[plate];
	}
	CHECK(pthread_mutex_lock(&camera->lock));
	camera->taken = taken;
	camera->back = true;
	CHECK(pthread_cond_signal(&camera->changed));
	CHECK(pthread_mutex_unlock(&camera->lock));
	return NULL;
}

static void camera_start(struct camera *camera, int cars, long patience)
{
	int first_plate = (int)(camera - cameras) * CARS;

	*camera = (struct camera){.cars = cars, .first_plate = first_plate, .patience = patience};
	CHECK(pthread_mutex_init(&camera->lock, NULL));
	deadline_cond_init(&camera->changed);
	CHECK(pthread_create(&camera->thread, NULL, watch, camera));
}

/* Whether all of its calls return, within so many ms. */
static bool is_back(struct camera *camera, long wait)
{
	struct timespec end = deadline_in(wait);

	CHECK(pthread_mutex_lock(&camera->lock));
	while (!camera->back && deadline_cond_wait(&camera->changed, &camera->lock, &end))
		;
	bool back = camera->back;
	CHECK(pthread_mutex_unlock(&camera->lock));
	return back;
}

/* How many of its plates were taken. Fails the test if its calls do not return. */
static int taken_of(struct camera *camera)
{
	cr_assert(is_back(camera, LATE), "toll_pass() does not return, with a patience of %ld ms", camera->patience);
	CHECK(pthread_join(camera->thread, NULL));
	return camera->taken;
}

static void expect_counts(struct toll_counts counts, long passed, long billed, long dropped)
{
	cr_assert_eq(counts.passed, passed, "%ld cars have passed, and %ld were counted", passed, counts.passed);
	cr_assert_eq(counts.billed, billed, "%ld bills were written, and %ld were counted", billed, counts.billed);
	cr_assert_eq(counts.dropped, dropped, "%ld plates were dropped, and %ld were counted", dropped, counts.dropped);
}

/* Nothing orders this reader with the cameras, but toll_counts() itself. */
static void *read_counts(void *counts)
{
	schedule_await(CAMERAS_ARE_BACK);
	*(struct toll_counts *)counts = toll_counts();
	return NULL;
}

static void *close_bridge(void *arg)
{
	toll_close();
	return arg;
}

/*
 * Closes the bridge, and only then gives the biller all the paper that it needs. Fails the test unless what was taken
 * is billed, and the books are right.
 */
static void close_and_balance(long passed, long taken)
{
	pthread_t closer;

	schedule_await_blocked();
	CHECK(pthread_create(&closer, NULL, close_bridge, NULL));
	schedule_await_blocked();
	add_paper(MANY);
	CHECK(pthread_join(closer, NULL));
	struct toll_counts counts = toll_counts();

	gauge_set("dropped", counts.dropped);
	cr_assert_eq(office.bills, taken, "%ld plates were taken, and %d bills written", taken, office.bills);
	for (int i = 0; i < MANY; i++)
		cr_assert_eq(office.bills_of[i], was_taken[i], "plate %d was %s, and has %d bills", i,
			     was_taken[i] ? "taken" : "not taken", office.bills_of[i]);
	expect_counts(counts, passed, taken, passed - taken);
}

Test(toll, tells_and_counts_each_drop, .timeout = 60)
{
	static struct toll_counts counts;
	pthread_t reader;

	toll_open(write_bill);
	CHECK(pthread_create(&reader, NULL, read_counts, &counts));
	camera_start(&cameras[0], CARS, 0);
	camera_start(&cameras[1], CARS, 0);
	int taken = taken_of(&cameras[0]) + taken_of(&cameras[1]);

	schedule_reached(CAMERAS_ARE_BACK);
	CHECK(pthread_join(reader, NULL));
	close_and_balance(2 * CARS, taken);
	cr_assert_eq(taken, TOLL_ROOM, "%d of %d plates were taken, and there was room for %d", taken, 2 * CARS,
		     TOLL_ROOM);
	expect_counts(counts, 2 * CARS, 0, 2 * CARS - taken);
}

Test(toll, waits_for_room, .timeout = 60)
{
	toll_open(write_bill);
	camera_start(&cameras[0], TOLL_ROOM, 0);
	int taken = taken_of(&cameras[0]);

	camera_start(&cameras[1], 1, FOR_EVER);
	schedule_await_blocked();
	bool waits = !is_back(&cameras[1], 0);
	camera_start(&cameras[2], 1, 0); /* does not wait behind the one that waits */
	taken += taken_of(&cameras[2]);
	struct toll_counts one_waits = toll_counts();

	add_paper(1);
	taken += taken_of(&cameras[1]);
	schedule_await_blocked(); /* the biller has the next plate */
	struct toll_counts one_billed = toll_counts();

	close_and_balance(TOLL_ROOM + 2, taken);
	cr_assert(waits, "toll_pass() does not wait, and it has all the patience of the world");
	cr_assert_eq(taken, TOLL_ROOM + 1, "a bill was written, there was room, and a plate was dropped");
	expect_counts(one_waits, TOLL_ROOM + 1, 0, 1);
	expect_counts(one_billed, TOLL_ROOM + 2, 1, 1);
}

Test(toll, loses_its_patience, .timeout = 60)
{
	toll_open(write_bill);
	camera_start(&cameras[0], TOLL_ROOM, 0);
	int taken = taken_of(&cameras[0]);

	camera_start(&cameras[1], 1, SHORT);
	taken += taken_of(&cameras[1]);
	close_and_balance(TOLL_ROOM + 1, taken);
	cr_assert_eq(taken, TOLL_ROOM, "a plate was taken, and there was no room");
}
