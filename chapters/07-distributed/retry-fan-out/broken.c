/*
 * A class trip: a coach, a hostel and a museum, booked by a thread each. When one
 * is late, all are asked again. The portal hangs until the fifth try, and then
 * answers what is in its queue: everything.
 *
 * Promise   a try that has been given up asks for nothing any more: one trip is booked once.
 * Ends      broken: wanted 3, booked 15
 * tsan      fires  data-race in book
 * helgrind  fires  Race in book
 * drd       fires  ConflictingAccess in book
 * memcheck  blind  the late threads write into a trip that is still there; no byte is lost, freed or undefined
 * budget    fires  threads in book, detached in book, joined in book
 *           when threads <= 5, detached <= 0, joined == started
 */
#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/loopback.h"
#include "kit/schedule.h"

enum { PARTS = 3 /* coach, hostel, museum */, TRIES = 5, A_MINUTE = 60000 /* ms */ };
enum { RESTARTED };
static const long patience[TRIES] = {5, 10, 20, 40, A_MINUTE};

static struct request {
	int part, wire;
	pthread_t thread;
} requests[TRIES][PARTS];

static struct trip {
	int numbers[PARTS]; /* of the bookings; a part has one thread that asks for it, so there is no lock */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int answers, asking; /* of this try, and threads that still ask; guarded by lock */
} trip = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int listener, booked; /* of the portal */

static void *book(void *arg)
{
	struct request *request = arg;
	char number;
	bool taken = loopback_receive(request->wire, &number, 1, A_MINUTE) && loopback_send(request->wire, "y", 1);

	if (taken)
		trip.numbers[request->part] = number;
	shutdown(request->wire, SHUT_WR); /* that was all */
	close(request->wire);
	CHECK(pthread_mutex_lock(&trip.lock));
	trip.answers += taken;
	trip.asking--;
	CHECK(pthread_cond_broadcast(&trip.changed));
	CHECK(pthread_mutex_unlock(&trip.lock));
	return NULL;
}

/* Tries to book all parts. False if not all have answered in time. */
static bool book_trip(int try)
{
	struct timespec end = deadline_in(patience[try]);

	CHECK(pthread_mutex_lock(&trip.lock));
	trip.answers = 0;
	trip.asking += PARTS;
	CHECK(pthread_mutex_unlock(&trip.lock));
	for (int i = 0; i < PARTS; i++) {
		struct request *request = &requests[try][i];
		*request = (struct request){.part = i, .wire = loopback_connect(loopback_port(listener))};
		NEED(pthread_create(&request->thread, NULL, book, request));
		CHECK(pthread_detach(request->thread));
	}
	if (try == TRIES - 1)
		schedule_reached(RESTARTED);
	CHECK(pthread_mutex_lock(&trip.lock));
	while (trip.answers < PARTS && deadline_cond_wait(&trip.changed, &trip.lock, &end))
		;
	/* Too late: "false" says that this try is over. Its three threads have not heard of it. */
	bool all = trip.answers >= PARTS;
	CHECK(pthread_mutex_unlock(&trip.lock));
	return all;
}

/* The portal: when it is up again, each request gets an offer, and what is taken is booked. */
static void *answer_all(void *arg)
{
	char yes[1];

	schedule_await(RESTARTED);
	for (char number = 1; number <= TRIES * PARTS; number++) {
		int wire = loopback_accept(listener, -1);
		/* A yes, and nothing after it: "false" is the end of what the agency sends. */
		booked += loopback_send(wire, &number, 1) && loopback_receive(wire, yes, 1, A_MINUTE) &&
			  !loopback_receive(wire, yes, 1, A_MINUTE);
		close(wire);
	}
	return arg;
}

int main(void)
{
	pthread_t thread;

	listener = loopback_listen();
	deadline_cond_init(&trip.changed);
	NEED(pthread_create(&thread, NULL, answer_all, NULL));
	for (int try = 0; try < TRIES && !book_trip(try); try++)
		;
	CHECK(pthread_join(thread, NULL));
	close(listener);
	CHECK(pthread_mutex_lock(&trip.lock));
	while (trip.asking > 0)
		CHECK(pthread_cond_wait(&trip.changed, &trip.lock));
	CHECK(pthread_mutex_unlock(&trip.lock));
	return invariant(booked == PARTS, "wanted %d, booked %d", PARTS, booked);
}
