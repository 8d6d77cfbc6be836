/*
 * Wrong. A thread is woken when the first mail comes to wait, and for none that comes
 * after it.
 *
 * Tempting  who waits, waits because there was nothing; so only the first is news, and a signal costs something.
 * Refused   by a test: four are submitted before the thread that was woken has looked. It scans one after the other, and
 *           three threads sleep on.
 * Promise   at most SCANNER_THREADS mails are scanned at a time, idle or busy, and who comes too many is told so.
 * test      fails closes_when_nothing_is_to_do
 */
#include "scanner.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct scanner {
	scan_mail *scan;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	void *mails[SCANNER_ROOM];
	int first, waiting;
	int free_threads; /* started, and not at a scan */
	int count;	  /* of the threads */
	bool closing;
	pthread_t threads[SCANNER_THREADS];
};

/* Needs the lock held. NULL: there is no mail, and none will come. */
static void *next(struct scanner *scanner)
{
	while (scanner->waiting == 0 && !scanner->closing)
		CHECK(pthread_cond_wait(&scanner->changed, &scanner->lock));
	if (scanner->waiting == 0)
		return NULL;
	void *mail = scanner->mails[scanner->first];
	scanner->first = (scanner->first + 1) % SCANNER_ROOM;
	scanner->waiting--;
	return mail;
}

static void *work(void *arg)
{
	struct scanner *scanner = arg;
	void *mail;

	CHECK(pthread_mutex_lock(&scanner->lock));
	while ((mail = next(scanner))) {
		scanner->free_threads--;
		CHECK(pthread_mutex_unlock(&scanner->lock));
		scanner->scan(mail);
		CHECK(pthread_mutex_lock(&scanner->lock));
		scanner->free_threads++;
	}
	CHECK(pthread_mutex_unlock(&scanner->lock));
	return NULL;
}

struct scanner *scanner_open(scan_mail *scan)
{
	struct scanner *scanner = calloc(1, sizeof *scanner);

	HAVE(scanner);
	scanner->scan = scan;
	CHECK(pthread_mutex_init(&scanner->lock, NULL));
	CHECK(pthread_cond_init(&scanner->changed, NULL));
	return scanner;
}

bool scanner_submit(struct scanner *scanner, void *mail)
{
	CHECK(pthread_mutex_lock(&scanner->lock));
	bool room = scanner->waiting < SCANNER_ROOM;
	if (room) {
		scanner->mails[(scanner->first + scanner->waiting++) % SCANNER_ROOM] = mail;
		if (scanner->waiting > scanner->free_threads && scanner->count < SCANNER_THREADS) {
			scanner->free_threads++;
			NEED(pthread_create(&scanner->threads[scanner->count++], NULL, work, scanner));
		}
		if (scanner->waiting == 1)
			CHECK(pthread_cond_signal(&scanner->changed));
	}
	CHECK(pthread_mutex_unlock(&scanner->lock));
	return room;
}

void scanner_close(struct scanner *scanner)
{
	CHECK(pthread_mutex_lock(&scanner->lock));
	scanner->closing = true;
	CHECK(pthread_cond_broadcast(&scanner->changed));
	int count = scanner->count;
	CHECK(pthread_mutex_unlock(&scanner->lock));
	for (int i = 0; i < count; i++)
		CHECK(pthread_join(scanner->threads[i], NULL));
	CHECK(pthread_cond_destroy(&scanner->changed));
	CHECK(pthread_mutex_destroy(&scanner->lock));
	free(scanner);
}
