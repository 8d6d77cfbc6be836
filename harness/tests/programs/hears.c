/*
 * What a message over a socket is to a detector. One thread writes a variable
 * and sends a byte over a wire. Later, by the schedule alone, another writes it
 * too; before that it receives what its argument says:
 *
 *     same   the byte that was sent after the write: the two writes are in order
 *     other  a byte that main() sent over another wire before either thread began: nothing orders them
 *     none   nothing
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/loopback.h"
#include "kit/schedule.h"

enum { WRITTEN };

static struct wire {
	int from, to;
} same, other;
static int value; /* whose order is in question */

static struct wire wire_make(int listener)
{
	struct wire wire = {.from = loopback_connect(loopback_port(listener))};

	REQUIRE((wire.to = accept(listener, NULL, NULL)) >= 0);
	return wire;
}

static void *write_and_send(void *arg)
{
	value = 1;
	REQUIRE(send(same.from, "!", 1, 0) == 1);
	schedule_reached(WRITTEN);
	return arg;
}

static void *receive_and_write(void *arg)
{
	const struct wire *heard = arg;

	schedule_await(WRITTEN);
	if (heard)
		REQUIRE(recv(heard->to, &(char){0}, 1, 0) == 1);
	value = 2;
	return NULL;
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "none";
	int listener = loopback_listen();
	pthread_t writer, reader;

	same = wire_make(listener);
	other = wire_make(listener);
	REQUIRE(send(other.from, "!", 1, 0) == 1);
	CHECK(pthread_create(&reader, NULL, receive_and_write,
			     strcmp(what, "same") == 0	  ? &same
			     : strcmp(what, "other") == 0 ? &other
							  : NULL));
	CHECK(pthread_create(&writer, NULL, write_and_send, NULL));
	CHECK(pthread_join(writer, NULL));
	CHECK(pthread_join(reader, NULL));
	printf("value %d\n", value);
	return 0;
}
