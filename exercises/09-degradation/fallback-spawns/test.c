/*
 * What pager.h promises, seen from outside. Nobody answers the telephone before
 * the test says so, so that the lines are busy for as long as a test likes. No
 * time is measured: when all other threads wait, nothing will happen any more.
 */
#include "pager.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/schedule.h"

enum { MEMBERS = PAGER_PENDING + 4, ALL = 100 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	bool network;	    /* messages can be sent */
	int begun, at_once; /* calls */
	int most;	    /* at once */
	int answered;	    /* calls that may end */
} town = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static int called[ALL]; /* how often, by member; without a lock, on purpose: read when the pager is closed */

static int send_message(int member)
{
	(void)member;
	CHECK(pthread_mutex_lock(&town.lock));
	bool network = town.network;
	CHECK(pthread_mutex_unlock(&town.lock));
	return network ? 0 : EHOSTUNREACH;
}

static void call_by_phone(int member)
{
	CHECK(pthread_mutex_lock(&town.lock));
	int call = town.begun++;
	town.at_once++;
	town.most = town.at_once > town.most ? town.at_once : town.most;
	while (call >= town.answered)
		CHECK(pthread_cond_wait(&town.changed, &town.lock));
	town.at_once--;
	CHECK(pthread_mutex_unlock(&town.lock));
	called[member]++;
}

/* So many calls more are answered. Returns when nothing moves any more. */
static void answer(int calls)
{
	CHECK(pthread_mutex_lock(&town.lock));
	town.answered += calls;
	CHECK(pthread_cond_broadcast(&town.changed));
	CHECK(pthread_mutex_unlock(&town.lock));
	schedule_await_blocked();
}

static int most_at_once(void)
{
	CHECK(pthread_mutex_lock(&town.lock));
	int most = town.most;
	CHECK(pthread_mutex_unlock(&town.lock));
	return most;
}

/* An alarm for some members, in a thread of its own. */
static struct alarm {
	struct pager *pager;
	int first, members;
	pthread_t thread;
	pthread_mutex_t lock;
	int results[PAGER_REFUSED + 1]; /* how often each; guarded by lock */
	bool over;			/* guarded by lock */
} alarms[3];

static void *raise_alarm(void *arg)
{
	struct alarm *alarm = arg;

	for (int i = 0; i < alarm->members; i++) {
		enum pager_result result = pager_alert(alarm->pager, alarm->first + i);
		CHECK(pthread_mutex_lock(&alarm->lock));
		alarm->results[result]++;
		CHECK(pthread_mutex_unlock(&alarm->lock));
	}
	CHECK(pthread_mutex_lock(&alarm->lock));
	alarm->over = true;
	CHECK(pthread_mutex_unlock(&alarm->lock));
	return NULL;
}

/* Raises an alarm. Returns when nothing moves any more; false: it still waits in pager_alert(). */
static bool goes_through(struct alarm *alarm, struct pager *pager, int first, int members, bool network)
{
	CHECK(pthread_mutex_lock(&town.lock));
	town.network = network;
	CHECK(pthread_mutex_unlock(&town.lock));
	*alarm = (struct alarm){.pager = pager, .first = first, .members = members};
	CHECK(pthread_mutex_init(&alarm->lock, NULL));
	CHECK(pthread_create(&alarm->thread, NULL, raise_alarm, alarm));
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&alarm->lock));
	bool over = alarm->over;
	CHECK(pthread_mutex_unlock(&alarm->lock));
	if (!over)
		answer(ALL); /* so that it ends, and the test fails */
	CHECK(pthread_join(alarm->thread, NULL));
	return over;
}

static void *close_pager(void *pager)
{
	pager_close(pager);
	return NULL;
}

static int calls_made(void)
{
	int sum = 0;

	for (int i = 0; i < ALL; i++)
		sum += called[i];
	return sum;
}

static void expect_lines(int most)
{
	cr_assert_eq(most, PAGER_LINES, "there are %d lines, and %d calls were made at once", PAGER_LINES, most);
}

static void expect_results(const struct alarm *alarm, int sent, int call, int refused)
{
	const int *results = alarm->results;

	cr_assert(results[PAGER_SENT] == sent && results[PAGER_CALL] == call && results[PAGER_REFUSED] == refused,
		  "of %d members %d were sent a message, %d promised a call, %d refused; not %d, %d, %d",
		  alarm->members, results[PAGER_SENT], results[PAGER_CALL], results[PAGER_REFUSED], sent, call,
		  refused);
}

Test(pager, refuses_what_it_cannot_call, .timeout = 60)
{
	struct pager *pager = pager_open(send_message, call_by_phone);
	bool over = goes_through(&alarms[0], pager, 0, MEMBERS, false);
	int most = most_at_once();

	answer(ALL);
	struct pager_counts counts = pager_counts(pager);
	pager_close(pager);
	cr_assert(over, "pager_alert() waits for a line");
	expect_lines(most);
	expect_results(&alarms[0], 0, PAGER_PENDING, MEMBERS - PAGER_PENDING);
	cr_assert_eq(calls_made(), PAGER_PENDING, "%d calls were promised, %d made", PAGER_PENDING, calls_made());
	cr_assert(counts.alerted == MEMBERS && counts.sent == 0 && counts.called == PAGER_PENDING &&
			  counts.refused == MEMBERS - PAGER_PENDING,
		  "%ld alerted, %ld sent, %ld called, %ld refused: that is not what has happened", counts.alerted,
		  counts.sent, counts.called, counts.refused);
}

Test(pager, takes_calls_again, .timeout = 60)
{
	struct pager *pager = pager_open(send_message, call_by_phone);
	bool over = goes_through(&alarms[0], pager, 0, PAGER_PENDING, false);
	pthread_t closer;

	answer(2);
	over &= goes_through(&alarms[1], pager, PAGER_PENDING, 3, false);
	over &= goes_through(&alarms[2], pager, PAGER_PENDING + 3, 1, true);
	CHECK(pthread_create(&closer, NULL, close_pager, pager));
	schedule_await_blocked(); /* nobody answers: it has to wait */
	answer(ALL);
	CHECK(pthread_join(closer, NULL));
	cr_assert(over, "pager_alert() waits for a line");
	expect_lines(most_at_once());
	expect_results(&alarms[0], 0, PAGER_PENDING, 0);
	expect_results(&alarms[1], 0, 2, 1);
	expect_results(&alarms[2], 1, 0, 0);
	for (int i = 0; i < PAGER_PENDING; i++)
		cr_assert_eq(called[i], 1, "member %d was promised a call, and called %d times", i, called[i]);
}
