/*
 * Tempting  with a single thread the count cannot be wrong, and there is nothing to lock.
 * Refused   by the tests: three of the four cores that were bought stand idle, and mails are refused in the meantime.
 * test      fails closes_when_nothing_is_to_do, keeps_its_size_and_says_no, gives_each_place_once
 */
#include "scanner.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { ONE = 1 };

struct scanner {
	scan_mail *scan;
	struct queue waiting;
	pthread_t threads[ONE];
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
	for (int i = 0; i < ONE; i++)
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
	for (int i = 0; i < ONE; i++)
		CHECK(pthread_join(scanner->threads[i], NULL));
	queue_destroy(&scanner->waiting);
	free(scanner);
}
