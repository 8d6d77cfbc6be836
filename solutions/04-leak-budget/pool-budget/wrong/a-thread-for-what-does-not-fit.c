/*
 * Tempting  the pool has its four threads again, and a mail for which there is no room gets one of its own, for
 *           this one scan only. Every one of them is joined.
 * Refused   by the tests and the budget: on a busy morning that is one thread per mail, which is where it began.
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
	pthread_t threads[SCANNER_THREADS];
	pthread_mutex_t lock;
	int count;		 /* of the helpers; guarded by lock */
	pthread_t helpers[MOST]; /* guarded by lock */
};

struct job {
	struct scanner *scanner;
	void *mail;
};

static void *work(void *arg)
{
	struct scanner *scanner = arg;
	void *mail;

	while (queue_take(&scanner->waiting, &mail))
		scanner->scan(mail);
	return NULL;
}

/* For one mail. It ends with it. */
static void *help(void *arg)
{
	struct job *job = arg;

	job->scanner->scan(job->mail);
	free(job);
	return NULL;
}

static void help_out(struct scanner *scanner, void *mail)
{
	struct job *job = malloc(sizeof *job);

	HAVE(job);
	*job = (struct job){scanner, mail};
	CHECK(pthread_mutex_lock(&scanner->lock));
	REQUIRE(scanner->count < MOST);
	NEED(pthread_create(&scanner->helpers[scanner->count++], NULL, help, job));
	CHECK(pthread_mutex_unlock(&scanner->lock));
}

struct scanner *scanner_open(scan_mail *scan)
{
	struct scanner *scanner = calloc(1, sizeof *scanner);

	HAVE(scanner);
	scanner->scan = scan;
	queue_init(&scanner->waiting, SCANNER_ROOM);
	CHECK(pthread_mutex_init(&scanner->lock, NULL));
	for (int i = 0; i < SCANNER_THREADS; i++)
		NEED(pthread_create(&scanner->threads[i], NULL, work, scanner));
	return scanner;
}

bool scanner_submit(struct scanner *scanner, void *mail)
{
	if (!queue_offer(&scanner->waiting, mail))
		help_out(scanner, mail);
	return true;
}

void scanner_close(struct scanner *scanner)
{
	queue_close(&scanner->waiting);
	for (int i = 0; i < SCANNER_THREADS; i++)
		CHECK(pthread_join(scanner->threads[i], NULL));
	for (int i = 0; i < scanner->count; i++)
		CHECK(pthread_join(scanner->helpers[i], NULL));
	CHECK(pthread_mutex_destroy(&scanner->lock));
	queue_destroy(&scanner->waiting);
	free(scanner);
}
