/*
 * Yours to fix. When no thread of the scanner is idle, scanner_submit() starts
 * another one, and every mail is looked at without delay.
 *
 * Promise   at most SCANNER_THREADS mails are scanned at a time, idle or busy, and who comes too many is told so.
 * test      fails keeps_its_size_and_says_no, gives_each_place_once
 * budget    fires  threads in work when threads <= 4 * scanners + 3, joined == started
 */
#include "scanner.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { MOST = 1000 };

struct scanner {
	scan_mail *scan;
	struct queue waiting;
	pthread_mutex_t lock;
	int idle;  /* threads that wait for a mail, without those that have been promised one; guarded by lock */
	int count; /* of the threads; guarded by lock */
	pthread_t threads[MOST]; /* guarded by lock */
};

static void *work(void *arg)
{
	struct scanner *scanner = arg;
	void *mail;

	while (queue_take(&scanner->waiting, &mail)) {
		scanner->scan(mail);
		CHECK(pthread_mutex_lock(&scanner->lock));
		scanner->idle++;
		CHECK(pthread_mutex_unlock(&scanner->lock));
	}
	return NULL;
}

struct scanner *scanner_open(scan_mail *scan)
{
	struct scanner *scanner = calloc(1, sizeof *scanner);

	HAVE(scanner);
	scanner->scan = scan;
	queue_init(&scanner->waiting, SCANNER_ROOM);
	CHECK(pthread_mutex_init(&scanner->lock, NULL));
	return scanner;
}

bool scanner_submit(struct scanner *scanner, void *mail)
{
	CHECK(pthread_mutex_lock(&scanner->lock));
	if (scanner->idle > 0) {
		scanner->idle--;
	} else {
		REQUIRE(scanner->count < MOST);
		NEED(pthread_create(&scanner->threads[scanner->count++], NULL, work, scanner));
	}
	CHECK(pthread_mutex_unlock(&scanner->lock));
	return queue_put(&scanner->waiting, mail);
}

void scanner_close(struct scanner *scanner)
{
	queue_close(&scanner->waiting);
	for (int i = 0; i < scanner->count; i++)
		CHECK(pthread_join(scanner->threads[i], NULL));
	queue_destroy(&scanner->waiting);
	CHECK(pthread_mutex_destroy(&scanner->lock));
	free(scanner);
}
