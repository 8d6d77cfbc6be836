/*
 * scanner_close() scans what still waits, so that it is done sooner.
 *
 * Tempting  the thread that closes has nothing to do but wait, and four hands are slower than five.
 * Refused   by the tests: at most four mails are scanned at a time, at the end too. This is the scanner that helped out, in
 *           another function.
 * test      fails keeps_its_size_and_says_no
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
	void *mail;
	while (queue_poll(&scanner->waiting, &mail))
		scanner->scan(mail);
	for (int i = 0; i < SCANNER_THREADS; i++)
		CHECK(pthread_join(scanner->threads[i], NULL));
	queue_destroy(&scanner->waiting);
	free(scanner);
}
