/*
 * scanner_submit() waits a tenth of a second for room, before it says no.
 *
 * Tempting  a mail that comes a moment too soon is not put off, and a tenth of a second is nothing in the life of a mail.
 * Refused   by the tests: there is nothing to wait for but a scan. On a busy morning the server loses that tenth with every
 *           mail, when it has least to spare.
 * test      fails keeps_its_size_and_says_no
 */
#include "scanner.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"
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
	struct timespec end = deadline_in(100);
	return queue_put_until(&scanner->waiting, mail, &end) == QUEUE_DONE;
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
