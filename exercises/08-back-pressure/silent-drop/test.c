/*
 * What toll.h promises, seen from outside. The biller of these tests writes
 * only while it has paper, so that the bridge is full for as long as a test
 * likes. Nothing is judged by how long it takes, only by whether it ends.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "toll.h"

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/time.h>
#include <time.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

/*
 * In ms. LATE is when a test stops waiting for a call that does not return, and no right one is near it. A patience is so
 * long that a tenth of it is short beside it on any machine, and ten times of it longer than LATE; not a whole number of
 * seconds, and hardly ever added to the clock without a carry.
 */
enum { PATIENCE = 999, PAUSE = 250, LATE = 8000 };
static const long FOR_EVER = 2592000000; /* a month, and more than an int counts */
enum { TWO_DAYS = 172800 /* s */ };
enum { CAMERAS_ARE_BACK, BILLED, ALL_IS_BILLED, COMES_IN /* and more */ }; /* for kit/schedule.h */
enum { MOST_LOCKS = 4 /* of a call that is looked at between them */, WAITING = 3 };
enum { CARS = TOLL_ROOM + 2 /* for each camera */, MANY = 100 };

/* --- a clock that is set --- */

/* When a camera's call has read the wall clock once, that is put forward by two days. */
static _Thread_local bool clock_will_be_set;

static time_t set_forward(void)
{
	bool before = clock_will_be_set;

	clock_will_be_set = false;
	return before ? TWO_DAYS : 0;
}

/* ThreadSanitizer's own, where it is there. */
int __interceptor_clock_gettime(clockid_t clock, struct timespec *now) __attribute__((weak));

static int (*real_clock_gettime)(clockid_t clock, struct timespec *now);

/* Before main(), or with the first call that a library makes earlier: there is one thread. */
__attribute__((constructor)) static void find_real(void)
{
	real_clock_gettime =
		__interceptor_clock_gettime ? (void *)__interceptor_clock_gettime : dlsym(RTLD_NEXT, "clock_gettime");
}

/* These stand in for the C library's. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
	if (!real_clock_gettime)
		find_real();
	int result = real_clock_gettime(clock, now);
	if (clock == CLOCK_REALTIME)
		now->tv_sec -= set_forward();
	return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	struct timespec time;

	(void)zone;
	int result = clock_gettime(CLOCK_REALTIME, &time);
	*now = (struct timeval){.tv_sec = time.tv_sec, .tv_usec = time.tv_nsec / 1000};
	return result;
}

time_t time(time_t *now)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	if (now)
		*now = time.tv_sec;
	return time.tv_sec;
}

/* --- the office and the cameras --- */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed, returned;
	int paper, bills, bills_of[MANY]; /* guarded by lock */
	bool by_a_caller; /* a bill was written by a thread that has called the bridge; guarded by lock */
	bool holds;	  /* the biller stops when it takes a lock after the next bill; guarded by lock */
} office = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static _Thread_local bool calls_the_bridge;

/* Plates are counted from 0 here; on the cars they have any number, below 0 as well. */
static int on_the_car(int plate)
{
	return 2 - plate;
}

static void write_bill(int number)
{
	int plate = on_the_car(number); /* it is its own inverse */

	CHECK(pthread_mutex_lock(&office.lock));
	REQUIRE(plate >= 0 && plate < MANY); /* or no camera has read it */
	office.by_a_caller = office.by_a_caller || calls_the_bridge;
	while (office.paper == 0)
		CHECK(pthread_cond_wait(&office.changed, &office.lock));
	office.paper--;
	office.bills++;
	office.bills_of[plate]++;
	gauge_add("billed", 1);
	bool holds = office.holds;
	office.holds = false;
	CHECK(pthread_mutex_unlock(&office.lock));
	if (holds)
		schedule_reached_in_lock(BILLED);
}

static void hold_biller(void)
{
	CHECK(pthread_mutex_lock(&office.lock));
	office.holds = true;
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
	bool wakes_late; /* when all that can be billed has been */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int taken;  /* guarded by lock */
	bool back;  /* guarded by lock; all of its calls have returned */
	bool ends;  /* guarded by lock; until then its thread is there, to be held */
	long waits; /* ms that its last call took; guarded by lock */
} cameras[WAITING];

static long was_taken[MANY]; /* by the plate; of the camera that has read it, and the test's when that was joined */

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000L + time.tv_nsec / 1000000;
}

static int plates; /* that were handed out; of the test */

/* Returns whether it was taken. */
static bool pass(int plate, long patience)
{
	gauge_add("passed", 1);
	calls_the_bridge = true;
	clock_will_be_set = true;
	was_taken[plate] = toll_pass(on_the_car(plate), patience) == TOLL_TAKEN;
	clock_will_be_set = false;
	return was_taken[plate];
}

static void *watch(void *arg)
{
	struct camera *camera = arg;
	int taken = 0;
	long began = 0;

	if (camera->wakes_late)
		schedule_wake_late(ALL_IS_BILLED);
	for (int plate = camera->first_plate; plate < camera->first_plate + camera->cars; plate++) {
		began = now();
		taken += pass(plate, camera->patience);
	}
	CHECK(pthread_mutex_lock(&camera->lock));
	camera->taken = taken;
	camera->waits = now() - began + 1;
	camera->back = true;
	CHECK(pthread_cond_signal(&camera->changed));
	while (!camera->ends)
		CHECK(pthread_cond_wait(&camera->changed, &camera->lock));
	CHECK(pthread_mutex_unlock(&camera->lock));
	return NULL;
}

static void camera_begin(struct camera *camera, struct camera how)
{
	*camera = how;
	camera->first_plate = plates;
	plates += camera->cars;
	CHECK(pthread_mutex_init(&camera->lock, NULL));
	deadline_cond_init(&camera->changed);
	CHECK(pthread_create(&camera->thread, NULL, watch, camera));
}

static void camera_start(struct camera *camera, int cars, long patience)
{
	camera_begin(camera, (struct camera){.cars = cars, .patience = patience});
}

/* Whether all of its calls return within that many milliseconds. */
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
	CHECK(pthread_mutex_lock(&camera->lock));
	camera->ends = true;
	CHECK(pthread_cond_signal(&camera->changed));
	CHECK(pthread_mutex_unlock(&camera->lock));
	CHECK(pthread_join(camera->thread, NULL));
	CHECK(pthread_cond_destroy(&camera->changed));
	CHECK(pthread_mutex_destroy(&camera->lock));
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

/* A call, in a thread of its own. */
struct call {
	pthread_t thread;
	struct toll_counts counts; /* of the thread, and of who has joined it */
	bool back;		   /* guarded by the office's lock */
};

static void note_back(struct call *call)
{
	CHECK(pthread_mutex_lock(&office.lock));
	call->back = true;
	CHECK(pthread_cond_broadcast(&office.returned));
	CHECK(pthread_mutex_unlock(&office.lock));
}

/* Whether it returns before it is late. If not, there is paper for everything. Joins it. */
static bool ends_in_time(struct call *call)
{
	struct timespec end = deadline_in(LATE);

	CHECK(pthread_mutex_lock(&office.lock));
	while (!call->back && deadline_cond_wait(&office.returned, &office.lock, &end))
		;
	bool in_time = call->back;
	CHECK(pthread_mutex_unlock(&office.lock));
	if (!in_time)
		add_paper(MANY);
	CHECK(pthread_join(call->thread, NULL));
	return in_time;
}

static void *count(void *arg)
{
	struct call *call = arg;

	call->counts = toll_counts();
	note_back(call);
	return NULL;
}

/* What toll_counts() says while bills are written. Fails the test if it does not return. */
static struct toll_counts counts_in_time(void)
{
	struct call call = {.back = false};

	CHECK(pthread_create(&call.thread, NULL, count, &call));
	cr_assert(ends_in_time(&call), "toll_counts() waits for the biller");
	return call.counts;
}

static void open_bridge(void)
{
	deadline_cond_init(&office.returned);
	toll_open(write_bill);
}

static void *close_bridge(void *arg)
{
	calls_the_bridge = true;
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
	cr_assert_not(office.by_a_caller, "a bill was written by a thread that has called the bridge");
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

	open_bridge();
	CHECK(pthread_create(&reader, NULL, read_counts, &counts));
	camera_start(&cameras[0], CARS, 0);
	schedule_await_blocked(); /* one after the other in time, and in nothing else */
	camera_start(&cameras[1], CARS, 0);
	int taken = taken_of(&cameras[0]) + taken_of(&cameras[1]);

	schedule_reached(CAMERAS_ARE_BACK);
	CHECK(pthread_join(reader, NULL));
	close_and_balance(2 * CARS, taken);
	cr_assert_eq(taken, TOLL_ROOM, "%d of %d plates were taken, and there was room for %d", taken, 2 * CARS,
		     TOLL_ROOM);
	expect_counts(counts, 2 * CARS, 0, 2 * CARS - taken);
}

/*
 * A place becomes free, and is taken by a car that comes before the camera which waits for it has looked. Returns how many
 * plates were taken by then: where places are handed on it is the other car that goes away empty-handed.
 */
static int take_its_place(struct camera *waiting)
{
	schedule_hold(waiting->thread);
	add_paper(1);
	schedule_await_blocked();
	camera_start(&cameras[2], 1, 0);
	schedule_await_blocked();
	schedule_let_go();
	return taken_of(&cameras[2]);
}

Test(toll, waits_for_room, .timeout = 60)
{
	schedule_wake_in_vain();
	open_bridge();
	camera_start(&cameras[0], TOLL_ROOM, 0);
	int taken = taken_of(&cameras[0]);

	camera_start(&cameras[1], 1, FOR_EVER);
	schedule_await_blocked();
	bool waits = !is_back(&cameras[1], 0);
	camera_start(&cameras[2], 1, 0); /* does not wait behind the one that waits */
	taken += taken_of(&cameras[2]);
	struct toll_counts one_waits = counts_in_time();

	taken += take_its_place(&cameras[1]);
	schedule_await_blocked();
	bool waits_on = taken == TOLL_ROOM || !is_back(&cameras[1], 0);
	add_paper(1);
	taken += taken_of(&cameras[1]);
	schedule_await_blocked(); /* the biller has the next plate */
	struct toll_counts two_billed = counts_in_time();

	close_and_balance(TOLL_ROOM + 3, taken);
	cr_assert(waits, "toll_pass() does not wait, and it has all the patience of the world");
	cr_assert(waits_on, "another car was quicker, and toll_pass() has given up with its patience left");
	cr_assert_geq(taken, TOLL_ROOM + 1, "two bills were written, there was room, and a plate was dropped");
	expect_counts(one_waits, TOLL_ROOM + 1, 0, 1);
	expect_counts(two_billed, TOLL_ROOM + 3, 2, TOLL_ROOM + 3 - taken);
}

/* Others take each place that becomes free; a camera's patience does not begin anew with each. */
Test(toll, loses_its_patience, .timeout = 60)
{
	int rounds = 0;

	open_bridge();
	camera_start(&cameras[0], TOLL_ROOM, 0);
	int taken = taken_of(&cameras[0]);

	camera_start(&cameras[1], 1, PATIENCE);
	schedule_await_blocked();
	do {
		taken += take_its_place(&cameras[1]);
		rounds++;
	} while (!is_back(&cameras[1], PAUSE) && rounds < LATE / PAUSE);
	cr_assert(is_back(&cameras[1], 0), "toll_pass() begins its patience of %d ms anew whenever it is woken",
		  PATIENCE);
	int got_a_place = taken_of(&cameras[1]);
	taken += got_a_place;
	camera_start(&cameras[2], 1, FOR_EVER); /* the bridge is full, and stays so until the other one has left */
	schedule_await_blocked();
	camera_start(&cameras[0], 1, PATIENCE);
	int late_one = taken_of(&cameras[0]);
	add_paper(1);
	int patient_one = taken_of(&cameras[2]);
	close_and_balance(TOLL_ROOM + 3 + rounds, taken + late_one + patient_one);
	cr_assert(patient_one, "there was room, and a plate was dropped: one that came later had lost its patience");
	cr_assert(!late_one && cameras[0].waits >= PATIENCE, "there was no room, and after %ld ms a plate was %s",
		  cameras[0].waits, late_one ? "taken" : "dropped");
	cr_assert_leq(taken, TOLL_ROOM + rounds, "a plate was taken, and there was no room");
	cr_assert(got_a_place || cameras[1].waits >= PATIENCE,
		  "a plate was dropped after %ld ms, and there were %d ms of patience", cameras[1].waits, PATIENCE);
}

/* A car of the first camera, and before its call takes its second lock, or a later one, a car of the second. */
struct pair {
	int lock, point, plates[2];
	struct call first, second;
};

static void *pass_first(void *arg)
{
	struct pair *pair = arg;

	schedule_reached_before_lock(pair->lock, pair->point);
	pass(pair->plates[0], 0);
	schedule_reached(pair->point); /* where it takes fewer locks */
	note_back(&pair->first);
	return NULL;
}

static void *pass_second(void *arg)
{
	struct pair *pair = arg;

	schedule_await(pair->point);
	pass(pair->plates[1], 0);
	note_back(&pair->second);
	return NULL;
}

/* Returns how many of the two plates are taken. Fails the test if a call does not return. */
static int pass_at_once(int lock)
{
	static int point = COMES_IN;
	struct pair pair = {.lock = lock, .point = point++, .plates = {plates, plates + 1}};

	plates += 2;
	CHECK(pthread_create(&pair.first.thread, NULL, pass_first, &pair));
	CHECK(pthread_create(&pair.second.thread, NULL, pass_second, &pair));
	bool in_time = ends_in_time(&pair.first);
	in_time = ends_in_time(&pair.second) && in_time;
	cr_assert(in_time, "toll_pass() does not return, with a patience of 0 ms");
	return (int)(was_taken[pair.plates[0]] + was_taken[pair.plates[1]]);
}

/* To look at the room and to take it is one step, and so is each count. Then there is room for all cameras that wait. */
Test(toll, gives_each_place_once, .timeout = 60)
{
	bool once = true;
	int waiting = 0;

	open_bridge();
	camera_start(&cameras[0], TOLL_ROOM - 1, 0);
	int taken = taken_of(&cameras[0]), passed = TOLL_ROOM - 1;
	for (int lock = 2; lock <= MOST_LOCKS; lock++) {
		int of_two = pass_at_once(lock), of_none = pass_at_once(lock);
		once = once && of_two == 1 && of_none == 0;
		taken += of_two + of_none;
		passed += 4;
		if (lock < MOST_LOCKS)
			add_paper(1);
		schedule_await_blocked();
	}
	for (int i = 0; i < WAITING; i++) {
		camera_begin(&cameras[i], (struct camera){.cars = 1, .patience = FOR_EVER, .wakes_late = true});
		schedule_await_blocked();
	}
	add_paper(TOLL_ROOM);
	schedule_await_blocked();
	schedule_reached(ALL_IS_BILLED);
	for (int i = 0; i < WAITING; i++)
		waiting += taken_of(&cameras[i]);
	close_and_balance(passed + WAITING, taken + waiting);
	cr_assert(once,
		  "two cars came at a time, and there was a place for one or for none, and they got more, or less");
	cr_assert_eq(waiting, WAITING, "%d cameras waited, there was room for all, and %d plates were taken", WAITING,
		     waiting);
}

/* For a biller that takes no lock after a bill. */
static void *reach_billed(void *arg)
{
	schedule_await_blocked();
	schedule_reached(BILLED);
	return arg;
}

/*
 * A camera's patience has ended when there is a place, and before it can know, the biller has found it waiting. It may have
 * the place or not: then the next one has it.
 */
Test(toll, loses_no_place, .timeout = 60)
{
	struct timespec patience = {PATIENCE / 1000, PATIENCE % 1000 * 1000000L};
	pthread_t helper;

	open_bridge();
	camera_start(&cameras[0], TOLL_ROOM, 0);
	int taken = taken_of(&cameras[0]);
	camera_start(&cameras[1], 1, PATIENCE);
	schedule_await_blocked();
	schedule_hold(cameras[1].thread);
	/* The camera's began before it was held: it is over by then, however slow the machine is. */
	while (nanosleep(&patience, &patience) != 0)
		;
	hold_biller();
	add_paper(1);
	CHECK(pthread_create(&helper, NULL, reach_billed, NULL));
	schedule_await(BILLED);
	schedule_let_go();
	CHECK(pthread_join(helper, NULL));
	int in_its_place = taken_of(&cameras[1]);
	camera_start(&cameras[2], 1, 0);
	in_its_place += taken_of(&cameras[2]);
	close_and_balance(TOLL_ROOM + 2, taken + in_its_place);
	cr_assert_eq(in_its_place, 1, "there was one place, as a patience ended, and %d plates were taken",
		     in_its_place);
}

/* Comes when the biller has a lock, if it takes one. To wait for a lock a moment is not to wait for room. */
static void *pass_when_billed(void *plate)
{
	schedule_await(BILLED);
	pass(*(int *)plate, 0);
	return NULL;
}

/* Each place is there again once its plate is billed, and the biller ends even when it has nothing to do. */
Test(toll, closes_an_empty_bridge, .timeout = 60)
{
	int meets_biller = plates++;
	pthread_t other;

	schedule_wake_in_vain();
	open_bridge();
	add_paper(MANY);
	schedule_await_blocked();
	hold_biller();
	CHECK(pthread_create(&other, NULL, pass_when_billed, &meets_biller));
	camera_start(&cameras[0], 1, FOR_EVER);
	int taken = taken_of(&cameras[0]);
	schedule_await_blocked(); /* the plate is billed */
	schedule_reached(BILLED);
	CHECK(pthread_join(other, NULL));
	taken += (int)was_taken[meets_biller];
	for (int i = 1; i < CARS; i++) {
		schedule_await_blocked();
		camera_start(&cameras[1], 1, 0);
		taken += taken_of(&cameras[1]);
	}
	close_and_balance(CARS + 1, taken);
	cr_assert_eq(taken, CARS + 1, "there was room on the bridge, and a plate was dropped");
}
