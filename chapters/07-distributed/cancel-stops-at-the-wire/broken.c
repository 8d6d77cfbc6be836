/*
 * A parish archive. An archivist, the only one, looks through old registers for
 * visitors who ask over the network. Who has waited for long enough hangs up
 * and asks again. The archivist has its back to the door, and reads.
 *
 * Promise   a search that is finished is an answer that somebody has read.
 * Ends      broken: visitors 4, answered 1, searches finished 14
 * tsan      blind  the two sides share a wire and no memory; work that nobody wants is no access out of order
 * helgrind  blind  the two sides share a wire and no memory; work that nobody wants is no access out of order
 * drd       blind  the two sides share a wire and no memory; work that nobody wants is no access out of order
 * memcheck  blind  every block is alive and every byte defined, also those of a search that nobody waits for
 * budget    fires  searched in main when searched == answered, joined == started
 */
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/loopback.h"
#include "kit/queue.h"

enum { VISITORS = 4, TRIES = 4, BOOKS = 3, MANY_BOOKS = 40 /* of a search */ };
enum { PATIENCE = 4 /* in books: when a visitor hangs up */ };

struct query {
	int books; /* how many to read */
};

static int listener;
static struct queue turns, over; /* main() gives a turn, a book is read, the turn is over: nothing depends on speed */
static int searches;		 /* the archivist's */

/* Closes, and returns when the kernel of the other side knows. */
static void hang_up(int wire)
{
	struct linger until_known = {.l_onoff = 1, .l_linger = 60 /* s */};

	REQUIRE(setsockopt(wire, SOL_SOCKET, SO_LINGER, &until_known, sizeof until_known) == 0);
	REQUIRE(close(wire) == 0);
}

static void search(int wire)
{
	struct query query;
	int books = 0;
	void *turn;

	REQUIRE(recv(wire, &query, sizeof query, MSG_WAITALL) == (ssize_t)sizeof query);
	/* The visitor may have hung up long ago. That has reached this machine, and it reaches nobody in this loop. */
	while (books < query.books) {
		queue_take(&turns, &turn);
		if (++books == query.books) {
			gauge_set("searched", ++searches);
			send(wire, "!", 1, MSG_NOSIGNAL);
			hang_up(wire);
		}
		queue_put(&over, NULL);
	}
}

static void *archivist(void *arg)
{
	for (int wire; (wire = accept(listener, NULL, NULL)) >= 0;)
		search(wire);
	return arg;
}

static int ask(int books)
{
	struct query query = {.books = books};
	int wire = loopback_connect(loopback_port(listener));

	REQUIRE(send(wire, &query, sizeof query, 0) == (ssize_t)sizeof query);
	return wire;
}

/* So many visitors ask, wait for a while, and hang up. Returns how many of them got an answer. */
static int visit(int visitors)
{
	int wires[VISITORS], answered = 0;
	void *turn = NULL;

	for (int i = 0; i < visitors; i++)
		wires[i] = ask(BOOKS);
	for (int book = 0; book < PATIENCE && answered < visitors; book++) {
		REQUIRE(queue_put(&turns, turn) && queue_take(&over, &turn));
		for (int i = 0; i < visitors; i++)
			answered += recv(wires[i], &(char){0}, 1, MSG_DONTWAIT) == 1;
	}
	for (int i = 0; i < visitors; i++)
		hang_up(wires[i]);
	gauge_add("answered", answered);
	return answered;
}

int main(void)
{
	int answered = 0;
	pthread_t thread;

	listener = loopback_listen();
	queue_init(&turns, 1);
	queue_init(&over, 1);
	CHECK(pthread_create(&thread, NULL, archivist, NULL));
	for (int i = 0; i < TRIES; i++)
		answered += visit(VISITORS - answered);

	/* One more asks, and loses the network: nothing comes over this wire any more, not even its end. */
	int lost = ask(MANY_BOOKS);
	queue_close(&turns); /* from now on the archivist has as many turns as it likes */
	queue_close(&over);
	recv(lost, &(char){0}, 1, 0); /* returns when it is through with the last in line */
	REQUIRE(shutdown(listener, SHUT_RDWR) == 0);
	CHECK(pthread_join(thread, NULL));
	return invariant(searches == answered, "visitors %d, answered %d, searches finished %d", VISITORS, answered,
			 searches);
}
