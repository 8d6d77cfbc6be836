/*
 * Tempting  the numbers are kept and nobody waits; what does not fit is left out: one attachment does not matter.
 * Refused   by the tests: it says yes to a mail that nobody will scan. The one without a scan is the one with the
 *           virus.
 * test      fails keeps_its_size_and_says_no, gives_each_place_once
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
	(void)queue_offer(&scanner->waiting, mail);
	return true;
}

void scanner_close(struct scanner *scanner)
{
	queue_close(&scanner->waiting);
	for (int i = 0; i < SCANNER_THREADS; i++)
		CHECK(pthread_join(scanner->threads[i], NULL));
	queue_destroy(&scanner->waiting);
	free(scanner);
}
