/*
 * A ward for newborns. Parents look in from home: each of them has a place in a
 * table, with a connection and a thread that sends what the camera over the cot
 * sees. A mother switches off her phone, and her place goes to a father.
 *
 * Promise   everybody sees their own child, and nobody else's.
 * Ends      broken: pictures of another child 2
 * tsan      fires  data-race in stream_close, data-race in stream_open, data-race in send_picture
 * helgrind  fires  Race in stream_open, Race in send_pictures
 * drd       fires  ConflictingAccess in stream_open, ConflictingAccess in send_pictures
 * memcheck  blind  the place in the table is never freed, and a descriptor is a number to it like any other
 * budget    fires  threads in send_pictures, joined in send_pictures when threads <= streams + 1, joined == started
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/loopback.h"
#include "kit/schedule.h"

enum { SEEN = 3, EVENING = 6 /* pictures, until she hangs up and in all */, A_MINUTE = 60000 /* ms */ };
enum { HUNG_UP, FAILED, TAKEN_OVER, EVENING_OVER };

static struct place {
	int wire;
	char child;
	pthread_t sender;
} place;

/* The next picture is due. */
static void await_picture(char child, int number)
{
	if (number > SEEN)
		schedule_await(HUNG_UP);
	if (number > SEEN + 1)
		schedule_await(TAKEN_OVER);
	if (child == 'B')
		schedule_await(EVENING_OVER);
}

static bool send_picture(int wire, char child)
{
	bool sent = send(wire, &child, 1, 0) == 1;

	if (!sent)
		schedule_reached(FAILED);
	return sent;
}

static void *send_pictures(void *arg)
{
	struct place *mine = arg;
	char child = mine->child;

	for (int number = 1; number <= EVENING; number++) {
		await_picture(child, number);
		/* Once she has hung up this fails, unchecked, until it succeeds again: to another viewer. */
		send_picture(mine->wire, child);
	}
	schedule_reached(EVENING_OVER);
	return NULL;
}

static void stream_open(int wire, char child)
{
	gauge_set("streams", 1);
	place.wire = wire;
	place.child = child;
	NEED(pthread_create(&place.sender, NULL, send_pictures, &place));
	CHECK(pthread_detach(place.sender));
}

static void stream_close(void)
{
	close(place.wire);
	gauge_set("streams", 0);
}

/* At the other end: waits for this many pictures of this child, and returns how many of another one came as well. */
static int watch(int phone, char child, int pictures)
{
	int others = 0;

	for (char seen; pictures > 0 && loopback_receive(phone, &seen, 1, A_MINUTE); pictures -= seen == child)
		others += seen != child;
	return others;
}

/* The phone is off: no goodbye, and what was under way is lost. Returns when the ward's side has heard of it. */
static void hang_up(int phone)
{
	setsockopt(phone, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
	close(phone);
	REQUIRE(!loopback_receive(place.wire, &(char){0}, 1, A_MINUTE));
	schedule_reached(HUNG_UP);
}

int main(void)
{
	int listener = loopback_listen();

	signal(SIGPIPE, SIG_IGN); /* a viewer that hangs up must not end the whole server */
	int mother = loopback_connect(loopback_port(listener));
	stream_open(loopback_accept(listener, -1), 'A');
	watch(mother, 'A', SEEN);
	hang_up(mother);
	schedule_await(FAILED);
	stream_close();
	int father = loopback_connect(loopback_port(listener));
	stream_open(loopback_accept(listener, -1), 'B');
	schedule_reached(TAKEN_OVER);
	int others = watch(father, 'B', EVENING);
	stream_close();
	close(father);
	close(listener);
	return invariant(others == 0, "pictures of another child %d", others);
}
