/*
 * A clinic's archive of scans. Each scan comes over a connection, which has a
 * thread. The thread takes the scan's memory out of a budget before the first
 * piece, keeps the pieces until the checksum has come, stores them, frees them.
 *
 * Promise   all scans together hold at most 8 MiB, and a client has its scan stored or is told that it is not.
 * Ends      holds: scans 7, stored 6, refused 1; at worst 8 MiB held
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when held_mib <= 8, memory <= start + 24 MiB, threads <= scans + 1, joined == started
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

enum { MIB = 1024 * 1024, ROOM = 8 /* MiB */, SCANS = 7, PATIENCE = 60000 /* ms */ };

struct piece {
	struct piece *next; /* of the same scan */
	char bytes[MIB];
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t checksum_came, given_back;
	/* all below guarded by lock */
	int held, worst, stored, refused; /* of all scans; the first two in MiB */
} archive = {.lock = PTHREAD_MUTEX_INITIALIZER, .checksum_came = PTHREAD_COND_INITIALIZER};

static struct scan {
	int mib;       /* as its client has said before the first piece */
	bool whole;    /* but for its checksum; guarded by archive.lock */
	bool checksum; /* has come; guarded by archive.lock */
} scans[SCANS] = {{.mib = 4}, {.mib = 4}, {.mib = 12}, {.mib = 4}, {.mib = 4}, {.mib = 4}, {.mib = 4}};

/* True: the scan may hold that much, until give_back(). False: that will never fit, or there was no room in time. */
static bool hold(int mib)
{
	struct timespec end = deadline_in(PATIENCE);

	CHECK(pthread_mutex_lock(&archive.lock));
	while (mib <= ROOM && archive.held + mib > ROOM && deadline_cond_wait(&archive.given_back, &archive.lock, &end))
		;
	bool fits = archive.held + mib <= ROOM;
	archive.held += fits ? mib : 0;
	archive.refused += !fits;
	archive.worst = archive.held > archive.worst ? archive.held : archive.worst;
	gauge_set("held_mib", archive.held);
	CHECK(pthread_mutex_unlock(&archive.lock));
	return fits;
}

static void give_back(int mib)
{
	CHECK(pthread_mutex_lock(&archive.lock));
	archive.held -= mib;
	archive.stored++;
	CHECK(pthread_cond_broadcast(&archive.given_back)); /* what was one scan's may be enough for several */
	gauge_set("held_mib", archive.held);
	CHECK(pthread_mutex_unlock(&archive.lock));
}

static void await_checksum(struct scan *scan)
{
	CHECK(pthread_mutex_lock(&archive.lock));
	scan->whole = true;
	while (!scan->checksum)
		CHECK(pthread_cond_wait(&archive.checksum_came, &archive.lock));
	CHECK(pthread_mutex_unlock(&archive.lock));
}

/* The next client that has sent all else sends it. */
static void send_checksum(void)
{
	int i = 0;

	CHECK(pthread_mutex_lock(&archive.lock));
	while (i < SCANS && (!scans[i].whole || scans[i].checksum))
		i++;
	if (i < SCANS)
		scans[i].checksum = true;
	CHECK(pthread_cond_broadcast(&archive.checksum_came));
	CHECK(pthread_mutex_unlock(&archive.lock));
}

static void *receive(void *arg)
{
	struct scan *scan = arg;
	struct piece *pieces = NULL;

	if (!hold(scan->mib))
		return NULL;
	for (int i = 0; i < scan->mib; i++) {
		struct piece *piece = malloc(sizeof *piece);
		HAVE(piece);
		memset(piece->bytes, 's', sizeof piece->bytes);
		piece->next = pieces;
		pieces = piece;
	}
	await_checksum(scan);
	while (pieces) {
		struct piece *piece = pieces;
		pieces = piece->next;
		free(piece);
	}
	give_back(scan->mib);
	return NULL;
}

int main(void)
{
	pthread_t threads[SCANS];

	deadline_cond_init(&archive.given_back);
	for (int i = 0; i < SCANS; i++) {
		gauge_add("scans", 1);
		NEED(pthread_create(&threads[i], NULL, receive, &scans[i]));
	}
	for (int i = 0; i < SCANS; i++) {
		schedule_await_blocked(); /* until nothing comes any more but a checksum */
		send_checksum();
	}
	for (int i = 0; i < SCANS; i++) {
		CHECK(pthread_join(threads[i], NULL));
		gauge_add("scans", -1);
	}
	CHECK(pthread_mutex_lock(&archive.lock));
	int worst = archive.worst, stored = archive.stored, refused = archive.refused;
	CHECK(pthread_mutex_unlock(&archive.lock));
	return invariant(worst <= ROOM && stored + refused == SCANS,
			 "scans %d, stored %d, refused %d; at worst %d MiB held", SCANS, stored, refused, worst);
}
