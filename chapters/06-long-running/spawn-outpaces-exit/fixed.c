/*
 * A box office mails each ticket in a thread of its own, which ends as soon as
 * the mail server has answered. Tonight three tickets are sold in a round, and
 * the server answers two. There are four slots; without one a sale is told so.
 *
 * Promise   at no moment are more than four mails under way, and each ticket is mailed or refused.
 * Ends      holds: tickets 30, mailed 22, refused 8, under way at most 4
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads <= 5, joined == started
 */
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum { ROUNDS = 10, SALES = 3, ANSWERS = 2 /* in each */, TICKETS = ROUNDS * SALES, MAILS = 4 };
enum { PATIENCE = 10 /* ms */ };
enum result { STARTED, BUSY };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	int asked, answered;	  /* requests at the mail server */
	int started, ended, most; /* mails; and how many were under way at a time */
} office = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct mailing {
	pthread_t thread;
	enum { FREE, UNDER_WAY, ENDED } state; /* guarded by lock; an ended one is still to be joined */
} mailings[MAILS];

static void *mail(void *arg)
{
	struct mailing *self = arg;

	CHECK(pthread_mutex_lock(&office.lock));
	int request = office.asked++;
	while (request >= office.answered)
		CHECK(pthread_cond_wait(&office.changed, &office.lock));
	office.ended++;
	self->state = ENDED;
	CHECK(pthread_cond_broadcast(&office.changed));
	CHECK(pthread_mutex_unlock(&office.lock));
	schedule_leaving(request);
	return NULL;
}

/* Needs the lock held. */
static void mail_in(struct mailing *mailing)
{
	int under_way = ++office.started - office.ended;

	office.most = under_way > office.most ? under_way : office.most;
	if (mailing->state == ENDED)
		CHECK(pthread_join(mailing->thread, NULL)); /* it needs the lock no more: it has let it go */
	mailing->state = UNDER_WAY;
	NEED(pthread_create(&mailing->thread, NULL, mail, mailing));
}

/* Needs the lock held. NULL: all are under way. */
static struct mailing *slot(void)
{
	for (int i = 0; i < MAILS; i++)
		if (mailings[i].state != UNDER_WAY)
			return &mailings[i];
	return NULL;
}

/* Mails a ticket, in a thread of its own. Waits for a slot, but not for long. */
static enum result mail_start(void)
{
	struct timespec end = deadline_in(PATIENCE);

	CHECK(pthread_mutex_lock(&office.lock));
	while (!slot() && deadline_cond_wait(&office.changed, &office.lock, &end))
		;
	struct mailing *mailing = slot();
	if (mailing)
		mail_in(mailing);
	CHECK(pthread_mutex_unlock(&office.lock));
	return mailing ? STARTED : BUSY;
}

/* Waits for all mails. */
static void mail_stop(void)
{
	for (int i = 0; i < MAILS; i++) {
		CHECK(pthread_mutex_lock(&office.lock));
		bool started = mailings[i].state != FREE;
		CHECK(pthread_mutex_unlock(&office.lock));
		if (started)
			CHECK(pthread_join(mailings[i].thread, NULL));
	}
}

/* The mail server answers so many requests more. Returns when the threads of the mails that get an answer are gone. */
static void server_answers(int count)
{
	CHECK(pthread_mutex_lock(&office.lock));
	int first = office.answered;
	office.answered += count;
	CHECK(pthread_cond_broadcast(&office.changed));
	CHECK(pthread_mutex_unlock(&office.lock));
	for (int request = first; request < first + count; request++)
		schedule_await_gone(request);
}

int main(void)
{
	int refused = 0;

	deadline_cond_init(&office.changed);
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < SALES; i++)
			refused += mail_start() == BUSY;
		server_answers(ANSWERS);
	}
	server_answers(TICKETS - refused - ROUNDS * ANSWERS);
	mail_stop();
	return invariant(office.most <= MAILS, "tickets %d, mailed %d, refused %d, under way at most %d", TICKETS,
			 office.ended, refused, office.most);
}
