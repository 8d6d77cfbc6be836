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
 * budget    silent when held <= 8 MiB, memory <= start + 24 MiB, threads <= scans + 1, joined == started
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gate.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

enum { MIB = 1024 * 1024, ROOM = 8 /* MiB */, SCANS = 7 };
enum { PATIENCE = 60000 /* ms */ };

struct piece {
	struct piece *next; /* of the same scan */
	char bytes[MIB];
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t given_back;
	/* all below guarded by lock */
	int held, worst; /* MiB, of all scans */
	int stored, refused;
} archive = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct gate checksums = GATE_INITIALIZER;

/* True: the scan may hold that much, until give_back(). False: that will never fit, or there was no room in time. */
static bool hold(int mib)
{
	struct timespec end = deadline_in(PATIENCE);

	CHECK(pthread_mutex_lock(&archive.lock));
	while (mib <= ROOM && archive.held + mib > ROOM && deadline_cond_wait(&archive.given_back, &archive.lock, &end))
		;
	bool fits = archive.held + mib <= ROOM;
	if (fits)
		archive.held += mib;
	archive.worst = archive.held > archive.worst ? archive.held : archive.worst;
	gauge_set("held", (long)archive.held * MIB);
	CHECK(pthread_mutex_unlock(&archive.lock));
	return fits;
}

static void give_back(int mib)
{
	CHECK(pthread_mutex_lock(&archive.lock));
	archive.held -= mib;
	CHECK(pthread_cond_broadcast(&archive.given_back)); /* what was one scan's may be enough for several */
	gauge_set("held", (long)archive.held * MIB);
	CHECK(pthread_mutex_unlock(&archive.lock));
}

static struct piece *piece_receive(struct piece *before)
{
	struct piece *piece = malloc(sizeof *piece);

	HAVE(piece);
	piece->next = before;
	memset(piece->bytes, 's', sizeof piece->bytes);
	return piece;
}

static void count(int *outcomes)
{
	CHECK(pthread_mutex_lock(&archive.lock));
	++*outcomes;
	CHECK(pthread_mutex_unlock(&archive.lock));
}

/* One scan, of so many MiB, as its client has said before the first piece. */
static void *receive(void *mib)
{
	int size = *(int *)mib;
	struct piece *pieces = NULL;

	if (!hold(size)) {
		count(&archive.refused);
		return NULL;
	}
	for (int i = 0; i < size; i++)
		pieces = piece_receive(pieces);
	gate_wait(&checksums);
	count(&archive.stored);
	while (pieces) {
		struct piece *piece = pieces;
		pieces = piece->next;
		free(piece);
	}
	give_back(size);
	return NULL;
}

int main(void)
{
	static int sizes[SCANS] = {4, 4, 12 /* a whole body */, 4, 4, 4, 4};
	pthread_t threads[SCANS];

	deadline_cond_init(&archive.given_back);
	for (int i = 0; i < SCANS; i++) {
		gauge_add("scans", 1);
		NEED(pthread_create(&threads[i], NULL, receive, &sizes[i]));
	}
	schedule_await_blocked(); /* until nothing comes any more but the checksums */
	gate_open(&checksums);
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
