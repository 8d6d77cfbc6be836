/*
 * A box office mails each ticket in a thread of its own, which ends as soon as
 * the mail server has answered. Tonight three tickets are sold in a round, and
 * the server answers two.
 *
 * Promise   at no moment are more than four mails under way, and each ticket is mailed or refused.
 * Ends      broken: tickets 30, mailed 30, refused 0, under way at most 12
 * tsan      blind  each thread is right, ends by itself and is joined; that there are ever more is not an access
 * helgrind  blind  each thread is right, ends by itself and is joined; that there are ever more is not an access
 * drd       blind  each thread is right, ends by itself and is joined; that there are ever more is not an access
 * memcheck  blind  all memory is freed in the end, the threads' stacks too
 * budget    fires  threads in mail when threads <= 5, joined == started
 */
#include <pthread.h>

#include "kit/check.h"
#include "kit/schedule.h"

enum { ROUNDS = 10, SALES = 3, ANSWERS = 2 /* in each */, TICKETS = ROUNDS * SALES, MAILS = 4 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	int asked, answered;	  /* requests at the mail server */
	int started, ended, most; /* mails; and how many were under way at a time */
} office = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static struct mailing {
	pthread_t thread;
} mailings[TICKETS];

static void *mail(void *arg)
{
	CHECK(pthread_mutex_lock(&office.lock));
	int request = office.asked++;
	while (request >= office.answered)
		CHECK(pthread_cond_wait(&office.changed, &office.lock));
	office.ended++;
	CHECK(pthread_mutex_unlock(&office.lock));
	schedule_leaving(request);
	return arg;
}

/* Needs the lock held. */
static void mail_in(struct mailing *mailing)
{
	int under_way = ++office.started - office.ended;

	office.most = under_way > office.most ? under_way : office.most;
	NEED(pthread_create(&mailing->thread, NULL, mail, mailing));
}

/* Mails a ticket, in a thread of its own. */
static void mail_start(void)
{
	CHECK(pthread_mutex_lock(&office.lock));
	/* A sale decides that a thread begins, the mail server that one ends. Nothing holds the two together. */
	mail_in(&mailings[office.started]);
	CHECK(pthread_mutex_unlock(&office.lock));
}

/* Waits for all mails. */
static void mail_stop(void)
{
	for (int i = 0; i < office.started; i++)
		CHECK(pthread_join(mailings[i].thread, NULL));
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

	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < SALES; i++)
			mail_start();
		server_answers(ANSWERS);
	}
	server_answers(TICKETS - refused - ROUNDS * ANSWERS);
	mail_stop();
	return invariant(office.most <= MAILS, "tickets %d, mailed %d, refused %d, under way at most %d", TICKETS,
			 office.ended, refused, office.most);
}
