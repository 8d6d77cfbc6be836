/*
 * What atlas.h promises, seen from the paper. Each draw() lets all other threads do
 * what they can before it goes on, so that a layer which need not wait is there too
 * soon. The paper has no lock, on purpose: a draw() that nothing orders after the one
 * before it is a data race. What the calls count is atomic, and relaxed, which orders
 * nothing.
 */
#include "atlas.h"

#include <criterion/criterion.h>
#include <time.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum {
	SHEETS = 2,
	LONG = 300,	 /* ms: longer than a short sleep in the place of a wait */
	PATIENCE = 1000, /* ms: ten times, for what right pens do at once; only wrong ones take all of it */
	NEVER = -1
};

/* Points of the schedule: measure() of a layer and a sheet ends; the first draw() is under way, and may end. */
enum { HILLS_READY, RIVERS_READY, NAMES_READY, NEXT_HILLS_READY, HILLS_BEGUN, HILLS_MAY_END };

static struct {
	/* what the test wants; written before there are threads */
	bool late[ATLAS_LAYERS]; /* of sheet 0: measured when the schedule says so */
	bool next_hills_late;
	bool stops_in_hills; /* the first draw() ends when the schedule says so */
	int spoils;	     /* the how many-th draw() returns false */

	pthread_mutex_t lock;
	pthread_cond_t changed;
	int measuring;		      /* have begun with sheet 0; guarded by lock */
	bool one_by_one;	      /* guarded by lock */
	pthread_t pens[ATLAS_LAYERS]; /* of sheet 0; guarded by lock */
	bool returned;		      /* guarded by lock: atlas_make() has */
	int complete;		      /* what it said; of the thread that called it */

	int begun_to_measure, measured; /* sheet 0, in which they let others go first; atomic */
	int measuring_next;		/* have begun with sheet 1; atomic */
	int begun, let;			/* calls of draw(), and those in which others had their time; atomic */
	long drawn;			/* the paper: draws that have ended, without a lock */
	long out_of_turn;		/* of them; without a lock */
} map = {.lock = PTHREAD_MUTEX_INITIALIZER, .spoils = NEVER};

static int count(int *calls)
{
	return __atomic_fetch_add(calls, 1, __ATOMIC_RELAXED);
}

static int counted(int *calls)
{
	return __atomic_load_n(calls, __ATOMIC_RELAXED);
}

/*
 * Returns once all others have done what they can. A thread in schedule_await_blocked() counts as one that waits there,
 * but one that lets others go first in measure() can go on, and so can one in draw(), for a thread that does not draw.
 */
static void let_others(bool draws)
{
	int measures, drawn;

	do {
		measures = counted(&map.measured);
		drawn = counted(&map.let);
		schedule_await_blocked();
	} while (counted(&map.begun_to_measure) != measures || (!draws && counted(&map.begun) != drawn));
}

static void measure(void *arg, int layer, int sheet)
{
	REQUIRE(arg == &map && layer >= 0 && layer < ATLAS_LAYERS);
	if (sheet == 0) {
		CHECK(pthread_mutex_lock(&map.lock));
		map.measuring++;
		map.pens[layer] = pthread_self();
		CHECK(pthread_mutex_unlock(&map.lock));
		count(&map.begun_to_measure);
		schedule_await_blocked();
		count(&map.measured);
		CHECK(pthread_mutex_lock(&map.lock));
		map.one_by_one |= map.measuring < ATLAS_LAYERS;
		CHECK(pthread_mutex_unlock(&map.lock));
	}
	if (sheet == 0 && map.late[layer])
		schedule_await(HILLS_READY + layer);
	if (sheet == 1)
		count(&map.measuring_next);
	if (sheet == 1 && layer == ATLAS_HILLS && map.next_hills_late)
		schedule_await(NEXT_HILLS_READY);
}

static bool draw(void *arg, int layer, int sheet)
{
	int turn = count(&map.begun);

	REQUIRE(arg == &map);
	let_others(true);
	count(&map.let);
	if (map.stops_in_hills && turn == 0) {
		schedule_reached(HILLS_BEGUN);
		schedule_await(HILLS_MAY_END);
	}
	map.out_of_turn += counted(&map.begun) != turn + 1 || turn != sheet * ATLAS_LAYERS + layer;
	map.drawn++;
	return turn != map.spoils;
}

static void *run(void *arg)
{
	map.complete = atlas_make(SHEETS, measure, draw, arg);
	CHECK(pthread_mutex_lock(&map.lock));
	map.returned = true;
	CHECK(pthread_cond_broadcast(&map.changed));
	CHECK(pthread_mutex_unlock(&map.lock));
	return NULL;
}

static pthread_t start(void)
{
	pthread_t runner;

	NEED(pthread_create(&runner, NULL, run, &map));
	return runner;
}

/* Waits until atlas_make() has returned, and says so; asserts what is true of every run that spoils no sheet. */
static void finish(pthread_t runner, const char *otherwise)
{
	bool returned = false;

	for (int i = 0; i < 10 && !returned; i++) {
		struct timespec end = deadline_in(PATIENCE);
		CHECK(pthread_mutex_lock(&map.lock));
		while (!map.returned && deadline_cond_wait(&map.changed, &map.lock, &end))
			;
		returned = map.returned;
		CHECK(pthread_mutex_unlock(&map.lock));
		if (!returned)
			let_others(false); /* those that can go on have the time for it, on a slow machine too */
	}
	cr_assert(returned, "%s: atlas_make() does not return", otherwise);
	CHECK(pthread_join(runner, NULL));
	cr_assert_eq(map.out_of_turn, 0, "%s: %ld layers were drawn before it was their turn", otherwise,
		     map.out_of_turn);
}

static void expect_all(void)
{
	cr_assert_eq(map.drawn, SHEETS * ATLAS_LAYERS, "%d layers were to be drawn, and %ld were",
		     SHEETS * ATLAS_LAYERS, map.drawn);
	cr_assert_eq(map.complete, SHEETS, "%d sheets have all layers, and it says %d", SHEETS, map.complete);
}

static void prepare(void)
{
	deadline_cond_init(&map.changed);
}

TestSuite(atlas, .init = prepare, .timeout = 60);

Test(atlas, draws_in_order)
{
	struct timespec length = {.tv_nsec = LONG * 1000000};

	map.late[ATLAS_HILLS] = true;
	pthread_t runner = start();
	/* No verdict rests on this: a pen that sleeps where it should wait is told here already, before a detector tells it. */
	let_others(false);
	nanosleep(&length, NULL);
	let_others(false);
	schedule_reached(HILLS_READY);
	finish(runner, "the hills are measured last");
	expect_all();
	cr_assert_not(map.one_by_one, "the layers of a sheet are not measured at the same time");
}

Test(atlas, a_layer_may_be_ready_late)
{
	map.late[ATLAS_RIVERS] = map.late[ATLAS_NAMES] = map.next_hills_late = true;
	pthread_t runner = start();
	let_others(false);
	schedule_reached(RIVERS_READY);
	let_others(false);
	schedule_reached(NAMES_READY);
	let_others(false);
	int measuring = counted(&map.measuring_next);
	schedule_reached(NEXT_HILLS_READY);
	finish(runner, "a layer is ready when its turn has come already");
	expect_all();
	cr_assert_eq(measuring, ATLAS_LAYERS,
		     "the hills of the next sheet are being measured, and of its %d layers only %d are", ATLAS_LAYERS,
		     measuring);
}

Test(atlas, the_next_layer_is_woken)
{
	map.stops_in_hills = true;
	pthread_t runner = start();
	schedule_await(HILLS_BEGUN);
	let_others(false);
	CHECK(pthread_mutex_lock(&map.lock));
	pthread_t rivers = map.pens[ATLAS_RIVERS];
	/* Rivers and names wait, if all is right. If one wake-up is all there is, the names get it. */
	bool holds = counted(&map.begun) == 1 && map.measuring == ATLAS_LAYERS;
	CHECK(pthread_mutex_unlock(&map.lock));
	if (holds)
		schedule_hold(rivers);
	schedule_reached(HILLS_MAY_END);
	let_others(false);
	if (holds)
		schedule_let_go();
	finish(runner, "two layers wait, and the second of them is woken first");
	expect_all();
}

Test(atlas, woken_in_vain)
{
	schedule_wake_in_vain();
	map.late[ATLAS_HILLS] = true;
	pthread_t runner = start();
	let_others(false);
	schedule_reached(HILLS_READY);
	finish(runner, "a wait may end without a signal");
	expect_all();
}

/* Each draw() in turn. An atlas that has no sheet has none that is spoiled. */
Test(atlas, a_spoiled_sheet_is_the_last)
{
	int complete = atlas_make(0, measure, draw, &map);
	cr_assert_eq(counted(&map.begun), 0, "there is no sheet, and %d layers were drawn", counted(&map.begun));
	cr_assert_eq(complete, 0, "there is no sheet, and %d have all layers", complete);
	for (map.spoils = 0; map.spoils < SHEETS * ATLAS_LAYERS; map.spoils++) {
		map.begun = map.let = map.begun_to_measure = map.measured = map.measuring = 0;
		map.drawn = 0;
		map.returned = false;
		finish(start(), "a draw() has returned false");
		cr_assert_eq(map.drawn, map.spoils + 1, "draw %d has returned false, and there were %ld",
			     map.spoils + 1, map.drawn);
		cr_assert_eq(map.complete, map.spoils / ATLAS_LAYERS, "%d sheets have all layers, and it says %d",
			     map.spoils / ATLAS_LAYERS, map.complete);
	}
}
