/*
 * A taxi office on a busy night. In each round two customers call and one car
 * comes free. Between the operator and the dispatcher is a list that is short:
 * a caller who would not get a car in time is told so, and calls elsewhere.
 *
 * Promise   a caller that is told that a car is coming gets it within three rounds.
 * Ends      holds: calls 48, sent away 21, in time 27, too late 0
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when queue_depth <= 4, joined == started
 */
#include <pthread.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

enum { ROUNDS = 24, CALLS = 2 /* in each */, PATIENCE = 3 /* rounds */, ROOM = 4 };
enum { CARS = ROUNDS + ROOM + CALLS /* one in each round, and then until no customer waits */ };
enum answer { CAR_COMES, BUSY };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	int round, cars;	      /* begun so far; come free so far */
	int list[ROOM], first, count; /* who waits, the oldest first: the round of the call */
	int in_time, too_late;
	int calls, sent_away; /* the operator's, and main()'s once it was joined */
} office = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* Promises a car to a customer who called in this round, or says at once that there is none. */
static enum answer take_call(int round)
{
	enum answer answer = BUSY;

	CHECK(pthread_mutex_lock(&office.lock));
	if (office.count < ROOM) {
		office.list[(office.first + office.count++) % ROOM] = round;
		gauge_set("queue_depth", office.count);
		answer = CAR_COMES;
	}
	CHECK(pthread_mutex_unlock(&office.lock));
	return answer;
}

static void *operate(void *arg)
{
	for (int round = 0; round < ROUNDS;) {
		CHECK(pthread_mutex_lock(&office.lock));
		while (office.round == round)
			CHECK(pthread_cond_wait(&office.changed, &office.lock));
		round = office.round; /* customers of a round that has passed meanwhile heard the engaged tone */
		CHECK(pthread_mutex_unlock(&office.lock));
		for (int i = 0; i < CALLS; i++, office.calls++)
			office.sent_away += take_call(round) == BUSY;
	}
	return arg;
}

/* Needs the lock held. Sends the car of this round to the customer who waits longest. */
static void send_car(int round)
{
	if (office.count == 0)
		return;
	int waited = round - office.list[office.first];

	office.first = (office.first + 1) % ROOM;
	office.count--;
	gauge_set("queue_depth", office.count);
	*(waited <= PATIENCE ? &office.in_time : &office.too_late) += 1;
	CHECK(pthread_cond_broadcast(&office.changed));
}

static void *dispatch(void *arg)
{
	CHECK(pthread_mutex_lock(&office.lock));
	for (int car = 1; car <= CARS; car++) {
		while (office.cars < car)
			CHECK(pthread_cond_wait(&office.changed, &office.lock));
		send_car(car);
	}
	CHECK(pthread_mutex_unlock(&office.lock));
	return arg;
}

/* The night's clock is turned by hand. It stands still until no thread can do anything more. */
static void turn(int *clock)
{
	CHECK(pthread_mutex_lock(&office.lock));
	++*clock;
	CHECK(pthread_cond_broadcast(&office.changed));
	CHECK(pthread_mutex_unlock(&office.lock));
	schedule_await_blocked();
}

int main(void)
{
	pthread_t operator, dispatcher;

	NEED(pthread_create(&operator, NULL, operate, NULL));
	NEED(pthread_create(&dispatcher, NULL, dispatch, NULL));
	for (int i = 0; i < CARS; i++) {
		if (i < ROUNDS)
			turn(&office.round);
		turn(&office.cars);
	}
	CHECK(pthread_join(operator, NULL));
	CHECK(pthread_join(dispatcher, NULL));
	return invariant(office.too_late == 0, "calls %d, sent away %d, in time %d, too late %d", office.calls,
			 office.sent_away, office.in_time, office.too_late);
}
