/*
 * Tempting  four threads, as it should be, and a queue in which nobody is ever turned away.
 * Refused   by the tests: every mail is accepted, and the hundred-thousandth is scanned tomorrow. Nobody tells the
 *           sender.
 * test      fails keeps_its_size_and_says_no, gives_each_place_once
 */
#include "scanner.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { PLENTY = 100000 };

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
	queue_init(&scanner->waiting, PLENTY);
	for (int i = 0; i < SCANNER_THREADS; i++)
		NEED(pthread_create(&scanner->threads[i], NULL, work, scanner));
	return scanner;
}

bool scanner_submit(struct scanner *scanner, void *mail)
{
	return queue_offer(&scanner->waiting, mail);
}

void scanner_close(struct scanner *scanner)
{
	queue_close(&scanner->waiting);
	for (int i = 0; i < SCANNER_THREADS; i++)
		CHECK(pthread_join(scanner->threads[i], NULL));
	queue_destroy(&scanner->waiting);
	free(scanner);
}
