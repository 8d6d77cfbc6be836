/*
 * Reading this file tells what is wrong with the service. Review it first.
 *
 * Each probe asks for one promise of avalanche.h, with a service and a radio of
 * its own, and runs on a thread of its own: one that hangs is given up, and one
 * that crashes is made to hang. Nothing is judged by how long it takes, only by
 * whether it ends.
 */
#include "avalanche.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

/* When a probe is given up, in ms. No right service is near it. */
enum { LATE = 8000 };
enum { HUTS = 16, LOW = 2, HIGH = 5 };
enum {
	GO_ON = SCHEDULE_POINTS - 1,
	LOOKED = GO_ON - 3, /* and the two after it */
	WOKEN = LOOKED - 1,
	STEPPED = WOKEN - 4 /* and the three after it */
};			    /* what is tested may use the others */

/* --- the radio --- */

struct radio {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	bool held;		/* calls that are answered do not end */
	bool all_held;		/* when they do not, those that are not answered do not either */
	int deaf[HUTS];		/* so many calls more this hut does not answer */
	int calls[HUTS];	/* that have ended */
	int under_way, at_most; /* calls, now and ever */
	bool lingers;		/* calls have ended, and do not return before GO_ON; set before the first */
	bool wakes_late;	/* who calls now is slow, when woken next, until WOKEN */
	int point; /* 0: none. Hut 0 may end its call when `ends` is set, and its line stops then, at this point */
	int step;  /* before this lock; 0: within its first one */
	bool ends;
	pthread_t callers[AVALANCHE_LINES];
	int last_caller; /* of these */
	int caller_count;
	int others; /* calls by a thread that is not one of them: there are more than lines */
};

/* With the lock held: who calls? A line's number is no other thread's as long as the line runs. */
static void note_caller(struct radio *radio)
{
	for (int i = 0; i < radio->caller_count; i++)
		if (pthread_equal(radio->callers[i], pthread_self())) {
			radio->last_caller = i;
			return;
		}
	radio->last_caller = radio->caller_count;
	if (radio->caller_count < AVALANCHE_LINES)
		radio->callers[radio->caller_count++] = pthread_self();
	else
		radio->others++;
}

static bool call_hut(void *arg, const struct bulletin *bulletin)
{
	struct radio *radio = arg;

	schedule_reached_before_lock(0, 0);
	CHECK(pthread_mutex_lock(&radio->lock));
	note_caller(radio);
	if (++radio->under_way > radio->at_most)
		radio->at_most = radio->under_way;
	bool answered = radio->deaf[bulletin->hut] == 0;
	while (radio->held && (answered || radio->all_held) && !(radio->ends && bulletin->hut == 0))
		CHECK(pthread_cond_wait(&radio->changed, &radio->lock));
	/* The bulletin is read out at the end of a call. */
	int hut = bulletin->hut;
	radio->deaf[hut] -= !answered;
	radio->calls[hut]++;
	radio->under_way--;
	bool wakes_late = radio->wakes_late;
	int step = radio->step, point = hut == 0 ? radio->point : 0;
	CHECK(pthread_mutex_unlock(&radio->lock));
	if (point && step)
		schedule_reached_before_lock(step, point);
	else if (point)
		schedule_reached_in_lock(point);
	if (wakes_late)
		schedule_wake_late(WOKEN);
	if (radio->lingers)
		schedule_await(GO_ON); /* orders nothing: what follows is the line's own affair */
	return answered;
}

static void hold(struct radio *radio, bool held)
{
	CHECK(pthread_mutex_lock(&radio->lock));
	radio->held = held;
	CHECK(pthread_cond_broadcast(&radio->changed));
	CHECK(pthread_mutex_unlock(&radio->lock));
}

static void end_call_of_hut_0(struct radio *radio)
{
	CHECK(pthread_mutex_lock(&radio->lock));
	radio->ends = true;
	CHECK(pthread_cond_broadcast(&radio->changed));
	CHECK(pthread_mutex_unlock(&radio->lock));
}

/* Those that nobody answers end; the others are held on. */
static void end_silent_calls(struct radio *radio)
{
	CHECK(pthread_mutex_lock(&radio->lock));
	radio->all_held = false;
	CHECK(pthread_cond_broadcast(&radio->changed));
	CHECK(pthread_mutex_unlock(&radio->lock));
}

static int under_way(struct radio *radio)
{
	CHECK(pthread_mutex_lock(&radio->lock));
	int calls = radio->under_way;
	CHECK(pthread_mutex_unlock(&radio->lock));
	return calls;
}

/* Whether these huts were called so often, in order from 0. */
static bool called(struct radio *radio, const int *calls, int huts)
{
	bool right = true;

	CHECK(pthread_mutex_lock(&radio->lock));
	for (int hut = 0; hut < HUTS; hut++)
		right = right && radio->calls[hut] == (hut < huts ? calls[hut] : 0);
	CHECK(pthread_mutex_unlock(&radio->lock));
	return right;
}

/* --- probes: each tells whether the promise is kept --- */

/* Bulletins that stay as they are. */
static const struct bulletin low[HUTS] = {{0, LOW}, {1, LOW}, {2, LOW}, {3, LOW}, {4, LOW}, {5, LOW}};
static const struct bulletin high[HUTS] = {{0, HIGH}, {1, HIGH}, {2, HIGH}, {3, HIGH}, {4, HIGH}, {5, HIGH},
					   {6, HIGH}, {7, HIGH}, {8, HIGH}, {9, HIGH}, {10, HIGH}};

static bool does_its_work(struct radio *radio)
{
	struct avalanche *service = avalanche_open(call_hut, radio, LOW + 1);
	struct avalanche_counts counts;

	radio->deaf[2] = 1;
	radio->deaf[3] = 3;
	avalanche_warn(service, &low[0]);
	for (int i = 1; i < 4; i++)
		avalanche_warn(service, &high[i]);
	schedule_await_blocked();
	avalanche_close(service, &counts);
	return called(radio, (int[]){0, 1, 2, 2}, 4) && counts.taken == 4 && counts.answered == 2 &&
	       counts.unanswered == 1 && counts.below == 1 && counts.refused == 0;
}

static bool copies(struct radio *radio)
{
	static struct bulletin bulletin;
	struct avalanche *service = avalanche_open(call_hut, radio, LOW);

	/* The last of them waits for a line when the caller's own is another one. */
	hold(radio, true);
	for (int i = 0; i < AVALANCHE_LINES + 1; i++) {
		bulletin = high[i];
		avalanche_warn(service, &bulletin);
	}
	bulletin = high[HUTS / 2];
	hold(radio, false);
	schedule_await_blocked();
	avalanche_close(service, NULL);
	return called(radio, (int[]){1, 1, 1}, 3);
}

static void *warn_once_more(void *service)
{
	avalanche_warn(service, &high[AVALANCHE_ROOM]);
	return NULL;
}

struct caller {
	struct avalanche *service;
	int lock, point; /* before this lock of the first caller's the other one comes; 0: this is the other one */
	bool taken;
};

static void *warn_of_the_last(void *arg)
{
	struct caller *caller = arg;

	if (caller->lock)
		schedule_reached_before_lock(caller->lock, caller->point);
	else
		schedule_await(caller->point);
	caller->taken = avalanche_warn(caller->service, &high[AVALANCHE_ROOM - 1]) == AVALANCHE_TAKEN;
	if (caller->lock) {
		schedule_reached_before_lock(0, 0);
		schedule_reached(caller->point); /* where it takes fewer locks */
	}
	return NULL;
}

/* There is one place left, and two callers: the second comes when the first may have looked, and has nothing yet. */
static bool gives_a_place_to_one(struct avalanche *service, struct radio *radio, int lock)
{
	struct caller first = {service, lock, LOOKED + lock - 2, false},
		      second = {service, 0, LOOKED + lock - 2, false};
	pthread_t threads[2];

	hold(radio, true);
	for (int i = 0; i < AVALANCHE_ROOM - 1; i++)
		avalanche_warn(service, &high[i]);
	schedule_await_blocked();
	CHECK(pthread_create(&threads[0], NULL, warn_of_the_last, &second));
	CHECK(pthread_create(&threads[1], NULL, warn_of_the_last, &first));
	schedule_await_blocked();
	hold(radio, false);
	CHECK(pthread_join(threads[0], NULL));
	CHECK(pthread_join(threads[1], NULL));
	schedule_await_blocked();
	return first.taken != second.taken;
}

struct visitor {
	struct avalanche *service;
	int point, taken;
};

static void *warn_of_two_more(void *arg)
{
	struct visitor *visitor = arg;

	schedule_await(visitor->point);
	for (int i = 0; i < 2; i++)
		visitor->taken += avalanche_warn(visitor->service, &high[AVALANCHE_ROOM + i]) == AVALANCHE_TAKEN;
	return NULL;
}

/* A bulletin is done, and at this step of its line three others come: two at a time, and one after it. Whether the room is kept. */
static bool keeps_its_room(struct radio *radio, int step)
{
	struct avalanche *service = avalanche_open(call_hut, radio, LOW);
	struct visitor visitor = {service, STEPPED + step, 0};
	int places = step == 0 ? AVALANCHE_ROOM - 2 : AVALANCHE_ROOM; /* that are taken */
	pthread_t other;

	CHECK(pthread_mutex_lock(&radio->lock));
	radio->held = true;
	radio->ends = false;
	radio->step = step;
	radio->point = visitor.point;
	CHECK(pthread_mutex_unlock(&radio->lock));
	for (int i = 0; i < places; i++) {
		avalanche_warn(service, &high[i]);
		if (i < AVALANCHE_LINES)
			schedule_await_blocked();
	}
	CHECK(pthread_create(&other, NULL, warn_of_two_more, &visitor));
	schedule_await_blocked();
	end_call_of_hut_0(radio);
	schedule_await_blocked();
	schedule_reached(visitor.point); /* where the line takes fewer locks */
	CHECK(pthread_join(other, NULL));
	schedule_await_blocked();
	bool both = under_way(radio) == AVALANCHE_LINES;
	visitor.taken += avalanche_warn(service, &high[AVALANCHE_ROOM]) == AVALANCHE_TAKEN;
	hold(radio, false);
	schedule_await_blocked();
	avalanche_close(service, NULL);
	return both && visitor.taken == AVALANCHE_ROOM - places + 1;
}

static bool refuses(struct radio *radio)
{
	struct avalanche *service = avalanche_open(call_hut, radio, LOW);
	bool taken = true;
	pthread_t other;

	radio->all_held = true;
	hold(radio, true);
	radio->deaf[0] = 1;
	for (int i = 0; i < AVALANCHE_ROOM; i++)
		taken = avalanche_warn(service, &high[i]) == AVALANCHE_TAKEN && taken;
	schedule_await_blocked();
	/* Now some are being called, and one is to be called again: they have their places all the same. */
	end_silent_calls(radio);
	schedule_await_blocked();
	CHECK(pthread_create(&other, NULL, warn_once_more, service));
	bool refused = avalanche_warn(service, &high[AVALANCHE_ROOM]) == AVALANCHE_FULL;
	CHECK(pthread_join(other, NULL));
	struct avalanche_counts counts = avalanche_counts(service);
	bool counted = counts.refused == 2 && counts.taken == AVALANCHE_ROOM && counts.answered == 0;
	hold(radio, false);
	schedule_await_blocked();
	/* All have been called, and have given back their places. */
	counted = counted && avalanche_counts(service).answered == AVALANCHE_ROOM;
	for (int i = 0; i < AVALANCHE_ROOM; i++) {
		taken = avalanche_warn(service, &high[i]) == AVALANCHE_TAKEN && taken;
		schedule_await_blocked();
	}
	bool right = called(radio, (int[]){3, 2, 2, 2, 2, 2, 2, 2}, AVALANCHE_ROOM);
	for (int lock = 2; lock < 5; lock++)
		right = gives_a_place_to_one(service, radio, lock) && right;
	avalanche_close(service, NULL);
	for (int step = 0; step < 4; step++)
		right = keeps_its_room(radio, step) && right;
	return taken && refused && counted && right;
}

/* Two services, each with a level, bulletins and places of its own. */
static bool keeps_services_apart(struct radio *radio)
{
	struct avalanche *strict = avalanche_open(call_hut, radio, HIGH), *other = avalanche_open(call_hut, radio, LOW);
	static const struct bulletin *const for_strict[] = {&high[0], &high[1], &low[4], &high[5]};
	static const struct bulletin *const for_other[] = {&low[2], &low[3], &high[6], &high[7], &high[8]};
	struct avalanche_counts counts, others;
	bool taken = true;

	hold(radio, true);
	for (int i = 0; i < 5; i++) {
		taken = (i == 4 || avalanche_warn(strict, for_strict[i]) == AVALANCHE_TAKEN) && taken;
		taken = avalanche_warn(other, for_other[i]) == AVALANCHE_TAKEN && taken;
		schedule_await_blocked();
	}
	hold(radio, false);
	schedule_await_blocked();
	avalanche_close(strict, &counts);
	avalanche_close(other, &others);
	return taken && called(radio, (int[]){1, 1, 1, 1, 0, 1, 1, 1, 1}, 9) && counts.answered == 3 &&
	       counts.below == 1 && others.answered == 5 && others.below == 0;
}

/* Each line has a call that has ended, and is about to say so, when another bulletin comes; nothing orders the two. */
static bool takes_while_a_call_ends(struct radio *radio)
{
	struct avalanche *service = avalanche_open(call_hut, radio, LOW);

	radio->lingers = true;
	for (int i = 0; i < AVALANCHE_LINES; i++)
		avalanche_warn(service, &high[i]);
	schedule_await_blocked();
	avalanche_warn(service, &high[AVALANCHE_LINES]);
	schedule_reached(GO_ON);
	schedule_await_blocked();
	avalanche_close(service, NULL);
	return called(radio, (int[]){1, 1, 1}, AVALANCHE_LINES + 1);
}

/* The line that does not call now, of two that have. */
static pthread_t other_line(struct radio *radio)
{
	CHECK(pthread_mutex_lock(&radio->lock));
	pthread_t other = radio->callers[!radio->last_caller];
	CHECK(pthread_mutex_unlock(&radio->lock));
	return other;
}

static void let_wake_late(struct radio *radio)
{
	CHECK(pthread_mutex_lock(&radio->lock));
	radio->wakes_late = true;
	CHECK(pthread_mutex_unlock(&radio->lock));
}

/* Both lines wait, and two bulletins come before any of them has looked. Whether both call. */
static bool takes_up_two_at_once(struct avalanche *service, struct radio *radio)
{
	let_wake_late(radio);
	hold(radio, true);
	avalanche_warn(service, &high[9]);
	schedule_await_blocked();
	avalanche_warn(service, &high[10]);
	schedule_await_blocked();
	hold(radio, false);
	schedule_await_blocked();
	hold(radio, true);
	avalanche_warn(service, &high[9]);
	avalanche_warn(service, &high[10]);
	schedule_await_blocked();
	schedule_reached(WOKEN);
	schedule_await_blocked();
	bool both = under_way(radio) == AVALANCHE_LINES;
	hold(radio, false);
	schedule_await_blocked();
	return both;
}

/*
 * While one line calls, a bulletin comes for the other, which waits; and the first takes it up before the other has looked.
 * Whether both lines call after that.
 */
static bool takes_up_what_another_was_woken_for(struct avalanche *service, struct radio *radio)
{
	hold(radio, true);
	avalanche_warn(service, &high[3]);
	schedule_await_blocked();
	schedule_hold(other_line(radio));
	avalanche_warn(service, &high[4]);
	hold(radio, false);
	schedule_await_blocked();
	schedule_let_go();
	schedule_await_blocked();
	hold(radio, true);
	avalanche_warn(service, &high[5]);
	avalanche_warn(service, &high[6]);
	schedule_await_blocked();
	bool both = under_way(radio) == AVALANCHE_LINES;
	hold(radio, false);
	schedule_await_blocked();
	return both;
}

struct closing {
	struct avalanche *service;
	struct avalanche_counts counts;
};

static void *close_service(void *arg)
{
	struct closing *closing = arg;

	avalanche_close(closing->service, &closing->counts);
	return NULL;
}

/* Lets what is under way go on when the close waits for it. */
static struct avalanche_counts close_while_calling(struct avalanche *service, struct radio *radio)
{
	struct closing closing = {.service = service};
	pthread_t closer;

	schedule_await_blocked();
	CHECK(pthread_create(&closer, NULL, close_service, &closing));
	schedule_await_blocked();
	hold(radio, false);
	CHECK(pthread_join(closer, NULL));
	return closing.counts;
}

/* Two huts that do not answer are being called when the service closes: each is called once more. */
static bool calls_again_while_it_closes(struct avalanche *service, struct radio *radio)
{
	CHECK(pthread_mutex_lock(&radio->lock));
	radio->all_held = radio->held = true;
	radio->deaf[7] = 1;
	radio->deaf[8] = 3;
	int before = radio->calls[7] + radio->calls[8];
	CHECK(pthread_mutex_unlock(&radio->lock));
	avalanche_warn(service, &high[7]);
	avalanche_warn(service, &high[8]);
	struct avalanche_counts counts = close_while_calling(service, radio);
	CHECK(pthread_mutex_lock(&radio->lock));
	int after = radio->calls[7] + radio->calls[8];
	CHECK(pthread_mutex_unlock(&radio->lock));
	return after - before == 4 && counts.unanswered == 1 && radio->others == 0;
}

static bool keeps_to_its_lines(struct radio *radio)
{
	struct avalanche *service = avalanche_open(call_hut, radio, LOW);

	/*
	 * Hut 0 answers when it is called again. That call is still under way when the others come, and each line has
	 * one of them by the end: a thread that is not a line's would be the third that calls.
	 */
	radio->deaf[0] = 1;
	hold(radio, true);
	avalanche_warn(service, &high[0]);
	schedule_await_blocked();
	for (int i = 1; i <= AVALANCHE_LINES; i++)
		avalanche_warn(service, &high[i]);
	schedule_await_blocked();
	hold(radio, false);
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&radio->lock));
	bool kept = radio->at_most <= AVALANCHE_LINES && radio->others == 0;
	bool all_lines = radio->caller_count == AVALANCHE_LINES;
	CHECK(pthread_mutex_unlock(&radio->lock));
	kept = kept && called(radio, (int[]){2, 1, 1}, AVALANCHE_LINES + 1);
	kept = kept && all_lines && takes_up_what_another_was_woken_for(service, radio) &&
	       takes_up_two_at_once(service, radio);
	if (kept)
		return calls_again_while_it_closes(service, radio);
	avalanche_close(service, NULL);
	return false;
}

static bool follows_the_level(struct radio *radio)
{
	struct avalanche *service = avalanche_open(call_hut, radio, LOW);

	radio->all_held = true;
	radio->deaf[3] = 1;
	avalanche_warn(service, &low[0]);
	schedule_await_blocked();
	avalanche_set_level(service, HIGH);
	avalanche_warn(service, &low[1]);
	avalanche_warn(service, &high[2]);
	schedule_await_blocked();
	/*
	 * The level rises while 3 is being called and 5 waits for a line. 5 is not called any more. 3 does not answer,
	 * and is called once more all the same, for a line had taken it up before.
	 */
	avalanche_set_level(service, LOW);
	hold(radio, true);
	avalanche_warn(service, &low[3]);
	avalanche_warn(service, &high[4]);
	avalanche_warn(service, &low[5]);
	schedule_await_blocked();
	avalanche_set_level(service, HIGH);
	hold(radio, false);
	schedule_await_blocked();
	/* What the level is when a bulletin comes says nothing, nor what it is while that waits: 1 and 4 are called. */
	hold(radio, true);
	avalanche_warn(service, &high[6]);
	avalanche_warn(service, &high[7]);
	schedule_await_blocked();
	avalanche_warn(service, &low[1]);
	avalanche_set_level(service, LOW);
	avalanche_warn(service, &low[4]);
	avalanche_set_level(service, HIGH);
	avalanche_set_level(service, LOW);
	hold(radio, false);
	schedule_await_blocked();
	avalanche_close(service, NULL);
	return called(radio, (int[]){1, 1, 1, 2, 2, 0, 1, 1}, 8);
}

static bool calls_all_that_it_took(struct radio *radio)
{
	struct avalanche *service = avalanche_open(call_hut, radio, LOW);

	hold(radio, true);
	for (int i = 0; i < AVALANCHE_LINES + 2; i++)
		avalanche_warn(service, &high[i]);
	avalanche_warn(service, &high[AVALANCHE_LINES + 1]); /* a second one about this hut */
	struct avalanche_counts counts = close_while_calling(service, radio);
	return called(radio, (int[]){1, 1, 1, 2}, AVALANCHE_LINES + 2) && counts.taken == AVALANCHE_LINES + 3 &&
	       counts.answered == AVALANCHE_LINES + 3;
}

/* --- running them --- */

static sem_t crashes; /* raised for each: all that a signal handler may do to tell another thread */

/* A thread that has crashed goes no further, and takes no other thread along. */
static void park(int signal)
{
	(void)signal;
	sem_post(&crashes);
	for (;;)
		pause();
}

struct probe {
	bool (*keeps)(struct radio *radio);
	struct radio radio;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool ended, kept; /* guarded by lock */
};

static void *run(void *arg)
{
	struct probe *probe = arg;
	bool kept = probe->keeps(&probe->radio);

	CHECK(pthread_mutex_lock(&probe->lock));
	probe->ended = true;
	probe->kept = kept;
	CHECK(pthread_cond_signal(&probe->changed));
	CHECK(pthread_mutex_unlock(&probe->lock));
	return NULL;
}

/* Whether the probe ends, and the promise is kept. What does not end is left where it is, with all that it uses. */
static bool is_kept(struct probe *probe)
{
	struct timespec end = deadline_in(LATE);
	pthread_t thread;

	CHECK(pthread_mutex_init(&probe->radio.lock, NULL));
	CHECK(pthread_cond_init(&probe->radio.changed, NULL));
	CHECK(pthread_mutex_init(&probe->lock, NULL));
	deadline_cond_init(&probe->changed);
	CHECK(pthread_create(&thread, NULL, run, probe));
	CHECK(pthread_mutex_lock(&probe->lock));
	while (!probe->ended && deadline_cond_wait(&probe->changed, &probe->lock, &end))
		;
	bool ended = probe->ended, kept = probe->kept;
	CHECK(pthread_mutex_unlock(&probe->lock));
	if (ended)
		CHECK(pthread_join(thread, NULL));
	return ended && kept;
}

static void park_what_crashes(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
	struct sigaction action = {.sa_handler = park};

	REQUIRE(sem_init(&crashes, 0, 0) == 0);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		REQUIRE(sigaction(signals[i], &action, NULL) == 0);
}

static bool has_crashed(void)
{
	return sem_trywait(&crashes) == 0;
}

TestSuite(avalanche, .init = park_what_crashes, .timeout = 60);

Test(avalanche, the_service_still_works)
{
	static struct probe probe = {.keeps = does_its_work}, another = {.keeps = takes_while_a_call_ends},
			    third = {.keeps = keeps_services_apart};

	bool kept = is_kept(&probe) && is_kept(&another) && is_kept(&third);
	cr_assert(kept, "the service does not do its work%s", has_crashed() ? "; it crashes" : "");
}

Test(avalanche, no_pitfall_is_left)
{
	static struct probe probes[] = {{.keeps = copies},
					{.keeps = refuses},
					{.keeps = keeps_to_its_lines},
					{.keeps = follows_the_level},
					{.keeps = calls_all_that_it_took}};
	int all = sizeof probes / sizeof *probes, left = 0;

	for (int i = 0; i < all; i++)
		left += !is_kept(&probes[i]);
	cr_assert_eq(left, 0, "%d of %d pitfalls are still there%s", left, all,
		     has_crashed() ? "; something crashes" : "");
}
