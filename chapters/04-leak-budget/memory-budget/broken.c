/*
 * A clinic's archive of scans. Each scan comes over a connection, which has a
 * thread. The thread keeps the pieces of the scan until the checksum has come,
 * which is last; then it stores the scan, and frees them.
 *
 * Promise   all scans together hold at most 8 MiB, and a client has its scan stored or is told that it is not.
 * Ends      broken: scans 7, stored 7, refused 0; at worst 36 MiB held
 * tsan      blind  the count has its lock, and each piece belongs to one thread
 * helgrind  blind  the count has its lock, and each piece belongs to one thread
 * drd       blind  the count has its lock, and each piece belongs to one thread
 * memcheck  blind  each piece is pointed to while it is there, and freed in the end; that they are too many is no error
 * budget    fires  held in hold, memory in main when held <= 8 MiB, memory <= start + 24 MiB,
 *           threads <= scans + 1, joined == started
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "kit/gate.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

enum { MIB = 1024 * 1024, ROOM = 8 /* MiB */, SCANS = 7 };

struct piece {
	struct piece *next; /* of the same scan */
	char bytes[MIB];
};

static struct {
	pthread_mutex_t lock;
	/* all below guarded by lock */
	int held, worst; /* MiB, of all scans */
	int stored, refused;
} archive = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct gate checksums = GATE_INITIALIZER;

/* Counts what a scan holds from now on. */
static void hold(int mib)
{
	CHECK(pthread_mutex_lock(&archive.lock));
	/* The threads have a bound. What each of them may hold is decided by its client, and the sum by nobody. */
	archive.held += mib;
	archive.worst = archive.held > archive.worst ? archive.held : archive.worst;
	gauge_set("held", (long)archive.held * MIB);
	CHECK(pthread_mutex_unlock(&archive.lock));
}

static void give_back(int mib)
{
	CHECK(pthread_mutex_lock(&archive.lock));
	archive.held -= mib;
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

	for (int i = 0; i < size; i++) {
		hold(1);
		pieces = piece_receive(pieces);
	}
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
