/*
 * Two numbers stand in the header, and each is kept where it is decided: the
 * threads are started in scanner_open() and nowhere else, and the queue has a
 * fixed room and says no to the next job. Load appears in neither.
 *
 * That a scan is late is a reason to make the sender wait, not to scan more at a
 * time: the fifth scan takes its core away from the other four.
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
	pthread_t threads[SCANNER_THREADS];
};

static void *work(void *arg)
{
	struct scanner *scanner = arg;
	void *mail;

	while (queue_take(&scanner->waiting, &mail))
		scanner->scan(mail);
	return NULL;
}

struct scanner *scanner_open(scan_mail *scan)
{
	struct scanner *scanner = calloc(1, sizeof *scanner);

	HAVE(scanner);
	scanner->scan = scan;
	queue_init(&scanner->waiting, SCANNER_ROOM);
	for (int i = 0; i < SCANNER_THREADS; i++)
		NEED(pthread_create(&scanner->threads[i], NULL, work, scanner));
	return scanner;
}

bool scanner_submit(struct scanner *scanner, void *mail)
{
	/* Full is an answer. It costs the server one line of SMTP, and the sender tries again by itself. */
	return queue_offer(&scanner->waiting, mail);
}

void scanner_close(struct scanner *scanner)
{
	/* What is in the queue is still handed out; then every thread ends by itself. */
	queue_close(&scanner->waiting);
	for (int i = 0; i < SCANNER_THREADS; i++)
		CHECK(pthread_join(scanner->threads[i], NULL));
	queue_destroy(&scanner->waiting);
	free(scanner);
}
