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
 * memcheck  blind  each piece is pointed to while it is there, and freed in the end; too many is not an error
 * budget    fires  held_mib in hold, memory in main when held_mib <= 8, memory <= start + 24 MiB,
 *           threads <= scans + 1, joined == started
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

enum { MIB = 1024 * 1024, ROOM = 8 /* MiB */, SCANS = 7 };

struct piece {
	struct piece *next; /* of the same scan */
	char bytes[MIB];
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t checksum_came;
	/* all below guarded by lock */
	int held, worst, stored, refused; /* of all scans; the first two in MiB */
} archive = {.lock = PTHREAD_MUTEX_INITIALIZER, .checksum_came = PTHREAD_COND_INITIALIZER};

static struct scan {
	int mib;       /* as its client has said before the first piece */
	bool whole;    /* but for its checksum; guarded by archive.lock */
	bool checksum; /* has come; guarded by archive.lock */
} scans[SCANS] = {{.mib = 4}, {.mib = 4}, {.mib = 12}, {.mib = 4}, {.mib = 4}, {.mib = 4}, {.mib = 4}};

/* Counts what a scan holds from now on. */
static void hold(int mib)
{
	CHECK(pthread_mutex_lock(&archive.lock));
	/* The threads have a bound. What each of them may hold is decided by its client, and the sum by nobody. */
	archive.held += mib;
	archive.worst = archive.held > archive.worst ? archive.held : archive.worst;
	gauge_set("held_mib", archive.held);
	CHECK(pthread_mutex_unlock(&archive.lock));
}

static void give_back(int mib)
{
	CHECK(pthread_mutex_lock(&archive.lock));
	archive.held -= mib;
	archive.stored++;
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

	for (int i = 0; i < scan->mib; i++) {
		hold(1);
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
