/*
 * What is counted is what the scanner has, from scanner_submit() to the end of the scan, and there is one number to compare
 * it with. Whether a mail waits or is being scanned nobody needs to know.
 *
 * Promise   at most SCANNER_THREADS mails are scanned at a time, idle or busy, and who comes too many is told so.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads <= 4 * scanners + 3, joined == started
 */
#include "scanner.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

struct scanner {
	scan_mail *scan;
	struct queue waiting;
	pthread_mutex_t lock;
	int accepted; /* and not scanned yet; guarded by lock */
	pthread_t threads[SCANNER_THREADS];
};

static void *work(void *arg)
{
	struct scanner *scanner = arg;
	void *mail;

	while (queue_take(&scanner->waiting, &mail)) {
		scanner->scan(mail);
		CHECK(pthread_mutex_lock(&scanner->lock));
		scanner->accepted--;
		CHECK(pthread_mutex_unlock(&scanner->lock));
	}
	return NULL;
}

struct scanner *scanner_open(scan_mail *scan)
{
	struct scanner *scanner = calloc(1, sizeof *scanner);

	HAVE(scanner);
	scanner->scan = scan;
	queue_init(&scanner->waiting, SCANNER_ROOM + SCANNER_THREADS);
	CHECK(pthread_mutex_init(&scanner->lock, NULL));
	for (int i = 0; i < SCANNER_THREADS; i++)
		NEED(pthread_create(&scanner->threads[i], NULL, work, scanner));
	return scanner;
}

bool scanner_submit(struct scanner *scanner, void *mail)
{
	/* Full is an answer. It costs the server one line of SMTP, and the sender tries again by itself. */
	CHECK(pthread_mutex_lock(&scanner->lock));
	bool room = scanner->accepted < SCANNER_THREADS + SCANNER_ROOM;
	if (room) {
		scanner->accepted++;
		REQUIRE(queue_offer(&scanner->waiting, mail));
	}
	CHECK(pthread_mutex_unlock(&scanner->lock));
	return room;
}

void scanner_close(struct scanner *scanner)
{
	/* What is in the queue is still handed out; then every thread ends by itself. */
	queue_close(&scanner->waiting);
	for (int i = 0; i < SCANNER_THREADS; i++)
		CHECK(pthread_join(scanner->threads[i], NULL));
	queue_destroy(&scanner->waiting);
	CHECK(pthread_mutex_destroy(&scanner->lock));
	free(scanner);
}
