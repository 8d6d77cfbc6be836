/*
 * What desk.h promises, seen from outside: by the HTTP server, which calls the
 * desk for requests that the tests make up, and notes in which order it is
 * called. Nothing is judged by how long it takes, only by whether it ends.
 */
#include "desk.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"
#include "kit/stop.h"

/*
 * In ms. LATE is when a test stops waiting for a call that does not return, and no right one is near it. A patience is so
 * long that a tenth of it is short beside it on any machine, and ten times of it longer than LATE; not a whole number
 * of seconds, so that one which is rounded is found out.
 */
enum { PATIENCE = 900, PAUSE = 250, LATE = 8000, FOR_EVER = 86400000 };
enum { MANY = LATE / PAUSE + 4, STOPPERS = 4 };
enum { DRAINING };

static struct {
	pthread_mutex_t lock;
	/* all below guarded by lock */
	char steps[64]; /* the first letter of each that was called */
	int in_flight;
	int when_cut; /* in flight when end() was called */
	bool ending;  /* it was */
	char held;    /* the first letter of the step that does not end yet */
	pthread_cond_t let_go;
} server = {.lock = PTHREAD_MUTEX_INITIALIZER, .let_go = PTHREAD_COND_INITIALIZER};

static void note(char step)
{
	CHECK(pthread_mutex_lock(&server.lock));
	size_t length = strlen(server.steps);
	if (length + 1 < sizeof server.steps)
		server.steps[length] = step;
	while (server.held == step)
		CHECK(pthread_cond_wait(&server.let_go, &server.lock));
	CHECK(pthread_mutex_unlock(&server.lock));
}

/* Lets the step go that was held, if any, and holds another; 0: none. */
static void hold(char step)
{
	CHECK(pthread_mutex_lock(&server.lock));
	server.held = step;
	CHECK(pthread_cond_broadcast(&server.let_go));
	CHECK(pthread_mutex_unlock(&server.lock));
}

static bool steps_are(const char *steps)
{
	CHECK(pthread_mutex_lock(&server.lock));
	bool same = strcmp(server.steps, steps) == 0;
	CHECK(pthread_mutex_unlock(&server.lock));
	return same;
}

static bool is_ending(void)
{
	CHECK(pthread_mutex_lock(&server.lock));
	bool ending = server.ending;
	CHECK(pthread_mutex_unlock(&server.lock));
	return ending;
}

static bool begin(void)
{
	bool in = request_begin();

	CHECK(pthread_mutex_lock(&server.lock));
	server.in_flight += in;
	CHECK(pthread_mutex_unlock(&server.lock));
	return in;
}

/* False: there is none. */
static bool finish(void)
{
	CHECK(pthread_mutex_lock(&server.lock));
	bool there = server.in_flight > 0;
	server.in_flight -= there;
	CHECK(pthread_mutex_unlock(&server.lock));
	if (there)
		request_end();
	return there;
}

/* A request of an old connection, in a thread of the server. */
struct asked {
	pthread_t thread;
	struct stop answered;
	bool in;
};

static void *ask(void *arg)
{
	struct asked *asked = arg;

	asked->in = begin();
	if (asked->in)
		finish();
	stop_request(&asked->answered);
	return NULL;
}

/* Whether such a one gets in. It is answered while a step is taken: no lock is held that it needs. */
static bool gets_in(void)
{
	struct asked *asked = malloc(sizeof *asked);

	HAVE(asked);
	stop_init(&asked->answered);
	NEED(pthread_create(&asked->thread, NULL, ask, asked));
	if (!stop_wait(&asked->answered, LATE)) {
		note('#');
		return false;
	}
	CHECK(pthread_join(asked->thread, NULL));
	bool in = asked->in;
	stop_destroy(&asked->answered);
	free(asked);
	return in;
}

static void quiesce(void)
{
	gets_in();
	note('q');
}

static void end(void)
{
	CHECK(pthread_mutex_lock(&server.lock));
	server.when_cut = server.in_flight;
	server.ending = true;
	CHECK(pthread_mutex_unlock(&server.lock));
	/* A request that comes over an old connection in the last moment. */
	if (begin())
		note('!');
	while (finish())
		;
	note('e');
}

static void close_store(void)
{
	if (gets_in())
		note('!');
	note('c');
}

static void of_another(void)
{
	note('?');
}

/* The desk keeps a copy: what it was given is for another one afterwards. */
static void open_desk(void)
{
	static struct desk_server callbacks;

	callbacks = (struct desk_server){quiesce, end, close_store};
	desk_init(&callbacks);
	callbacks = (struct desk_server){of_another, of_another, of_another};
}

struct stopper {
	pthread_t thread;
	long patience;
	int turn;	  /* the one in which it stops the desk; 0: at once */
	bool gives_turns; /* before each lock that its call takes */
	int asks;	  /* how many requests it asks for instead; it returns how many were let in */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool back;   /* guarded by lock; its call has returned */
	int cut_off; /* what it returned */
	long waited; /* ms */
};

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000L + time.tv_nsec / 1000000;
}

static void *stop(void *arg)
{
	struct stopper *stopper = arg;
	int in = 0;

	for (int i = 0; i < stopper->turn; i++)
		schedule_await_turn();
	long began = now();
	schedule_give_turns(stopper->gives_turns);
	for (int i = 0; i < stopper->asks; i++)
		in += request_begin();
	stopper->cut_off = stopper->asks ? in : desk_stop(stopper->patience);
	schedule_give_turns(false);
	stopper->waited = now() - began + 1;
	CHECK(pthread_mutex_lock(&stopper->lock));
	stopper->back = true;
	CHECK(pthread_cond_signal(&stopper->changed));
	CHECK(pthread_mutex_unlock(&stopper->lock));
	return NULL;
}

static void stopper_begin(struct stopper *stopper, struct stopper with)
{
	*stopper = with;
	CHECK(pthread_mutex_init(&stopper->lock, NULL));
	deadline_cond_init(&stopper->changed);
	CHECK(pthread_create(&stopper->thread, NULL, stop, stopper));
}

static void stopper_start(struct stopper *stopper, long patience)
{
	stopper_begin(stopper, (struct stopper){.patience = patience});
}

/* Whether its call returns within that many milliseconds. */
static bool is_back(struct stopper *stopper, long wait)
{
	struct timespec end = deadline_in(wait);

	CHECK(pthread_mutex_lock(&stopper->lock));
	while (!stopper->back && deadline_cond_wait(&stopper->changed, &stopper->lock, &end))
		;
	bool back = stopper->back;
	CHECK(pthread_mutex_unlock(&stopper->lock));
	return back;
}

/* What desk_stop() has returned. Fails the test if it does not return. */
static int cut_off_by(struct stopper *stopper)
{
	cr_assert(is_back(stopper, LATE), "desk_stop() does not return, with a patience of %ld ms", stopper->patience);
	CHECK(pthread_join(stopper->thread, NULL));
	CHECK(pthread_cond_destroy(&stopper->changed));
	CHECK(pthread_mutex_destroy(&stopper->lock));
	return stopper->cut_off;
}

static int stop_within(long patience)
{
	struct stopper stopper;

	stopper_start(&stopper, patience);
	return cut_off_by(&stopper);
}

struct client {
	pthread_t thread;
	bool in;
};

static void *ask_late(void *arg)
{
	struct client *client = arg;

	schedule_await(DRAINING);
	client->in = request_begin();
	if (client->in)
		request_end();
	return NULL;
}

/* Fails the test unless the desk is stopped, and each step was taken once, in order. */
static void is_stopped(void)
{
	bool in = begin();

	desk_release();
	cr_assert(steps_are("qec"),
		  "quiesce, end and close_store were to be called once, in this order, and it was '%s' ('!': a request "
		  "got in at the end; '#': one had no answer; '?': desk_init() has kept no copy)",
		  server.steps);
	cr_assert_not(in, "the desk is stopped, and a request gets in");
}

Test(desk, calls_each_step_once_in_order, .timeout = 60)
{
	open_desk();
	bool first = begin(), second = begin();
	finish();
	bool third = begin();
	finish();
	finish();
	int cut_off = stop_within(0);

	is_stopped();
	cr_assert(first && second && third, "the desk is open, and a request does not get in");
	cr_assert_eq(cut_off, 0, "no request was in flight, and %d were cut off", cut_off);
}

/*
 * Their requests come while the desk is being stopped, over connections that were open before. Nothing but the desk's own
 * lock orders them and desk_stop(). A second call waits as well, and must not be woken in the place of the first.
 */
Test(desk, refuses_requests_of_old_connections, .timeout = 60)
{
	struct stopper stopper, second;
	struct client clients[2];

	open_desk();
	begin();
	begin();
	for (int i = 0; i < 2; i++)
		CHECK(pthread_create(&clients[i].thread, NULL, ask_late, &clients[i]));
	stopper_start(&stopper, FOR_EVER);
	schedule_await_blocked(); /* it waits for both */
	stopper_start(&second, FOR_EVER);
	schedule_await_blocked();
	schedule_reached(DRAINING);
	for (int i = 0; i < 2; i++)
		CHECK(pthread_join(clients[i].thread, NULL));
	bool quiet = steps_are("q");
	finish();
	schedule_await_blocked();
	bool waits = !is_back(&stopper, 0) && steps_are("q"), in = begin();
	while (finish())
		;
	int cut_off = cut_off_by(&stopper) + cut_off_by(&second);

	is_stopped();
	cr_assert(quiet, "two requests are in flight, and the first step is not all that was taken");
	cr_assert(waits, "a request is in flight, and desk_stop() does not wait for it");
	cr_assert_not(in || clients[0].in || clients[1].in,
		      "desk_stop() waits for the last requests, and another gets in");
	cr_assert_eq(cut_off, 0, "each request has ended in time, and %d were cut off", cut_off);
}

Test(desk, waits_for_all_in_flight, .timeout = 60)
{
	struct stopper stopper;
	bool waits = true;

	open_desk();
	for (int i = 0; i < 3; i++)
		begin();
	schedule_wake_in_vain();
	stopper_start(&stopper, FOR_EVER);
	for (int i = 0; i < 3; i++) {
		schedule_await_blocked();
		waits &= !is_back(&stopper, 0) && steps_are("q");
		finish();
	}
	int cut_off = cut_off_by(&stopper);

	is_stopped();
	cr_assert(waits, "a request is in flight, and desk_stop() does not wait for it");
	cr_assert_eq(cut_off, 0, "each request has ended in time, and %d were cut off", cut_off);
}

/* One request after the other ends, and one never does; the patience does not begin anew with each. */
Test(desk, loses_its_patience, .timeout = 60)
{
	struct stopper stopper;
	int rounds = 0, in_time = 0;

	open_desk();
	for (int i = 0; i < MANY; i++)
		begin();
	long began = now();
	stopper_start(&stopper, PATIENCE);
	schedule_await_blocked();
	while (rounds < LATE / PAUSE && !is_back(&stopper, PAUSE) && !is_ending() && finish()) {
		rounds++;
		in_time += now() - began < PATIENCE; /* by then the patience is at an end on no machine */
	}
	for (int i = 0; rounds == LATE / PAUSE && i < MANY; i++)
		finish(); /* so that it ends */
	int cut_off = cut_off_by(&stopper);

	is_stopped();
	cr_assert_lt(rounds, LATE / PAUSE, "desk_stop() waits on, and had %d ms", PATIENCE);
	cr_assert_geq(stopper.waited, PATIENCE, "desk_stop() returned after %ld ms, and had %d ms", stopper.waited,
		      PATIENCE);
	cr_assert_geq(cut_off, server.when_cut, "%d requests were in flight, and %d were cut off", server.when_cut,
		      cut_off);
	cr_assert_leq(cut_off, MANY - in_time, "%d of %d requests have ended in time, and %d were cut off", in_time,
		      MANY, cut_off);
}

/* Another call comes during each of the steps of the first one. That one has no patience, so that it waits in them alone. */
Test(desk, is_stopped_once, .timeout = 60)
{
	static const char during[STOPPERS] = {0, 'q', 'e', 'c'};
	struct stopper stoppers[STOPPERS];
	bool wait = true, same = true;

	open_desk();
	begin();
	begin();
	schedule_wake_in_vain();
	hold('q');
	stopper_start(&stoppers[0], 0);
	for (int i = 1; i < STOPPERS; i++) {
		hold(during[i]);
		schedule_await_blocked();
		stopper_start(&stoppers[i], 0);
		schedule_await_blocked();
		wait &= !is_back(&stoppers[i], 0) || is_back(&stoppers[0], 0);
	}
	hold(0);
	for (int i = 0; i < STOPPERS; i++)
		same &= cut_off_by(&stoppers[i]) == 2;
	same &= stop_within(FOR_EVER) == 2;
	is_stopped();
	cr_assert(wait, "the desk is not stopped yet, and a call of desk_stop() has returned");
	cr_assert(same, "two requests were cut off, and not every call of desk_stop() says so");
}

/* --- another thread stops the desk before the second lock that this one takes --- */

/* Starts it, and one that stops the desk when it has its turn. Both are back, or the test fails. */
static void take_turns(struct stopper *gives, struct stopper *takes)
{
	stopper_begin(takes, (struct stopper){.patience = FOR_EVER, .turn = 2});
	schedule_await_blocked();
	gives->gives_turns = true;
	stopper_begin(gives, *gives);
	cr_assert(is_back(gives, LATE), "a call waits for another thread's desk_stop(), and that for the call");
}

/* Has it had no turn, it has one now. */
static int cut_off_in_turn(struct stopper *takes)
{
	for (int i = 0; i < takes->turn; i++) {
		schedule_give_turn();
		schedule_await_blocked();
	}
	return cut_off_by(takes);
}

/* A request that was let in is in flight: it was counted in the step in which the desk was seen to be open. */
Test(desk, lets_in_in_one_step, .timeout = 60)
{
	struct stopper client = {.asks = 2}, takes; /* where a request takes one lock, the second is the other's */

	open_desk();
	take_turns(&client, &takes);
	int in = cut_off_by(&client);
	bool waits = in == 0 || steps_are("") || steps_are("q");
	for (int i = 0; i < in; i++)
		request_end();
	int cut_off = cut_off_in_turn(&takes);

	is_stopped();
	cr_assert(waits, "a request was let in, and desk_stop() does not wait for it");
	cr_assert_eq(cut_off, 0, "each request has ended in time, and %d were cut off", cut_off);
}

/* Two threads stop the desk, and it is decided in one step which of them does it. */
Test(desk, is_stopped_by_one, .timeout = 60)
{
	struct stopper gives = {.patience = FOR_EVER}, takes;

	open_desk();
	take_turns(&gives, &takes);
	int cut_off = cut_off_by(&gives) + cut_off_in_turn(&takes);

	is_stopped();
	cr_assert_eq(cut_off, 0, "no request was in flight, and %d were cut off", cut_off);
}
