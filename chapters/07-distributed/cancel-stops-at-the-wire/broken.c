/*
 * A parish archive. An archivist, the only one, looks through old registers for
 * visitors who ask over the network. One that has waited long enough hangs up
 * and asks again. The archivist has its back to the door, and reads.
 *
 * Promise   a search that is finished is an answer that somebody has read.
 * Ends      broken: visitors 4, answered 1, searches finished 14
 * tsan      blind  the two sides share a wire and no memory; work that nobody wants is not an access out of order
 * helgrind  blind  the two sides share a wire and no memory; work that nobody wants is not an access out of order
 * drd       blind  the two sides share a wire and no memory; work that nobody wants is not an access out of order
 * memcheck  blind  every block is alive and every byte defined, also those of a search that nobody waits for
 * budget    fires  searched in main when searched == answered, joined == started
 */
#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/loopback.h"
#include "kit/queue.h"

enum { VISITORS = 4, TRIES = 4, BOOKS = 3, MANY_BOOKS = 40 /* of a search */, A_MINUTE = 60000 /* ms */ };
enum { PATIENCE = 4 /* in books: when a visitor hangs up */ };

struct query {
	int books; /* how many to read */
};

static int listener, closing[2]; /* a pipe: the archivist goes home when main() has closed its end */
static struct queue turns, over; /* main() gives a turn, a book is read, the turn is over: nothing depends on speed */
static int searches;		 /* the archivist's */

/* True: it is finished, and the archivist has hung up. */
static bool search(int wire, const struct query *query)
{
	int books = 0;
	void *turn;

	/* The visitor may have hung up long ago. That has reached this machine, but not this loop. */
	while (books < query->books) {
		(void)queue_take(&turns, &turn); /* closed: it has as many turns as it likes */
		if (++books == query->books) {
			gauge_set("searched", ++searches);
			(void)loopback_send(wire, "!", 1); /* to a visitor who may have gone */
			loopback_hang_up(wire);
		}
		(void)queue_put(&over, NULL);
	}
	return books == query->books;
}

static void *archivist(void *arg)
{
	struct query query;

	/* A visitor who hangs up at once, or says nothing, does not keep the others waiting for long. */
	for (int wire; (wire = loopback_accept(listener, closing[0])) >= 0;)
		if (!loopback_receive(wire, &query, sizeof query, A_MINUTE) || !search(wire, &query))
			loopback_hang_up(wire);
	return arg;
}

static int ask(int books)
{
	struct query query = {.books = books};
	int wire = loopback_connect(loopback_port(listener));

	HAVE(loopback_send(wire, &query, sizeof query));
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
		loopback_hang_up(wires[i]);
	gauge_add("answered", answered);
	return answered;
}

int main(void)
{
	int answered = 0;
	pthread_t thread;

	listener = loopback_listen();
	HAVE(pipe(closing) == 0);
	queue_init(&turns, 1);
	queue_init(&over, 1);
	NEED(pthread_create(&thread, NULL, archivist, NULL));
	for (int i = 0; i < TRIES; i++)
		answered += visit(VISITORS - answered);

	/* One more asks, and loses the network: nothing comes over this connection any more, not even its end. */
	int lost = ask(MANY_BOOKS);
	queue_close(&turns);
	queue_close(&over);
	(void)loopback_receive(lost, &(char){0}, 1, A_MINUTE); /* the archivist is through with the last in line */
	close(closing[1]);
	CHECK(pthread_join(thread, NULL));
	close(closing[0]);
	close(listener);
	close(lost);
	queue_destroy(&turns);
	queue_destroy(&over);
	return invariant(searches == answered, "visitors %d, answered %d, searches finished %d", VISITORS, answered,
			 searches);
}
