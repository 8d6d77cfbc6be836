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
enum { CARS = TOLL_ROOM + 2 /* for each camera */, MANY = 100 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int paper, bills; /* guarded by lock */
} office = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void write_bill(int plate)
{
	(void)plate;
	CHECK(pthread_mutex_lock(&office.lock));
	while (office.paper == 0)
		CHECK(pthread_cond_wait(&office.changed, &office.lock));
	office.paper--;
	office.bills++;
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
	int cars;
	long patience;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int taken; /* guarded by lock */
	bool back; /* guarded by lock; all of its calls have returned */
};

static void *watch(void *arg)
{
	struct camera *camera = arg;
	int taken = 0;

	for (int i = 0; i < camera->cars; i++) {
		gauge_add("passed", 1);
		taken += toll_pass(i, camera->patience) == TOLL_TAKEN;
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
	*camera = (struct camera){.cars = cars, .patience = patience};
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

/* Gives the biller all the paper that it needs, and closes the bridge. Fails the test unless the books are right. */
static void close_and_balance(long passed, long taken)
{
	add_paper(MANY);
	toll_close();
	struct toll_counts counts = toll_counts();

	gauge_set("dropped", counts.dropped);
	cr_assert_eq(office.bills, taken, "%ld plates were taken, and %d bills written", taken, office.bills);
	cr_assert_eq(counts.passed, passed, "%ld cars have passed, and %ld were counted", passed, counts.passed);
	cr_assert_eq(counts.billed, taken, "%ld bills were written, and %ld were counted", taken, counts.billed);
	cr_assert_eq(counts.dropped, passed - taken, "%ld plates were dropped, and %ld were counted", passed - taken,
		     counts.dropped);
}

static struct camera first, second;

Test(toll, tells_and_counts_each_drop, .timeout = 60)
{
	toll_open(write_bill);
	camera_start(&first, CARS, 0);
	camera_start(&second, CARS, 0);
	int taken = taken_of(&first) + taken_of(&second);

	close_and_balance(2 * CARS, taken);
	cr_assert_eq(taken, TOLL_ROOM, "%d of %d plates were taken, and there was room for %d", taken, 2 * CARS,
		     TOLL_ROOM);
}

Test(toll, waits_for_room, .timeout = 60)
{
	toll_open(write_bill);
	camera_start(&first, TOLL_ROOM, 0);
	int taken = taken_of(&first);

	camera_start(&second, 1, FOR_EVER);
	schedule_await_blocked();
	bool waits = !is_back(&second, 0);
	add_paper(1);
	taken += taken_of(&second);
	close_and_balance(TOLL_ROOM + 1, taken);
	cr_assert(waits, "toll_pass() does not wait, and it has all the patience of the world");
	cr_assert_eq(taken, TOLL_ROOM + 1, "a bill was written, there was room, and a plate was dropped");
}

Test(toll, loses_its_patience, .timeout = 60)
{
	toll_open(write_bill);
	camera_start(&first, TOLL_ROOM, 0);
	int taken = taken_of(&first);

	camera_start(&second, 1, SHORT);
	taken += taken_of(&second);
	close_and_balance(TOLL_ROOM + 1, taken);
	cr_assert_eq(taken, TOLL_ROOM, "a plate was taken, and there was no room");
}
