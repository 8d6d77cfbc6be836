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

enum { MEMBERS = PAGER_PENDING + 4, ALL = 100, STORMS = 4 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	bool network;	    /* messages can be sent */
	bool slow;	    /* and are under way for as long as this is so */
	int begun, at_once; /* calls */
	int most;	    /* at once */
	int answered;	    /* calls that may end */
} town = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static long called[ALL]; /* how often, by member; without a lock, on purpose: read when the pager is closed */

static int send_message(int member)
{
	(void)member;
	CHECK(pthread_mutex_lock(&town.lock));
	while (town.slow)
		CHECK(pthread_cond_wait(&town.changed, &town.lock));
	bool network = town.network;
	CHECK(pthread_mutex_unlock(&town.lock));
	return network ? 0 : EHOSTUNREACH;
}

static void network_is(bool up, bool slow)
{
	CHECK(pthread_mutex_lock(&town.lock));
	town.network = up;
	town.slow = slow;
	CHECK(pthread_cond_broadcast(&town.changed));
	CHECK(pthread_mutex_unlock(&town.lock));
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

static int calls_begun(void)
{
	CHECK(pthread_mutex_lock(&town.lock));
	int begun = town.begun;
	CHECK(pthread_mutex_unlock(&town.lock));
	return begun;
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

static void begin(struct alarm *alarm, struct pager *pager, int first, int members)
{
	*alarm = (struct alarm){.pager = pager, .first = first, .members = members};
	CHECK(pthread_mutex_init(&alarm->lock, NULL));
	CHECK(pthread_create(&alarm->thread, NULL, raise_alarm, alarm));
}

/* Waits until nothing moves any more, and then for the alarm's end. False: it still waited in pager_alert(). */
static bool has_ended(struct alarm *alarm)
{
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&alarm->lock));
	bool over = alarm->over;
	CHECK(pthread_mutex_unlock(&alarm->lock));
	if (!over)
		answer(ALL); /* so that it ends, and the test fails */
	CHECK(pthread_join(alarm->thread, NULL));
	CHECK(pthread_mutex_destroy(&alarm->lock));
	alarm->pager = NULL; /* else memcheck would find the pager here, when nobody has freed it */
	return over;
}

static bool goes_through(struct alarm *alarm, struct pager *pager, int first, int members, bool network)
{
	network_is(network, false);
	begin(alarm, pager, first, members);
	return has_ended(alarm);
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
		sum += (int)called[i];
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
	long early = pager_counts(pager).called;

	answer(ALL);
	struct pager_counts counts = pager_counts(pager);
	pager_close(pager);
	cr_assert(over, "pager_alert() waits for a line");
	expect_lines(most);
	expect_results(&alarms[0], 0, PAGER_PENDING, MEMBERS - PAGER_PENDING);
	cr_assert_eq(early, 0, "nobody has answered, and %ld calls are counted as over", early);
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
		cr_assert_eq(called[i], 1, "member %d was promised a call, and called %ld times", i, called[i]);
}

/* Two messages fail in one moment, and one call can be promised. Then a message takes long, and the lines go on. */
Test(pager, raises_several_alarms_at_once, .timeout = 60)
{
	struct pager *pager = pager_open(send_message, call_by_phone);
	bool over = goes_through(&alarms[0], pager, 0, PAGER_PENDING - 1, false);

	network_is(false, true);
	begin(&alarms[1], pager, PAGER_PENDING - 1, 1);
	begin(&alarms[2], pager, PAGER_PENDING, 1);
	schedule_await_blocked(); /* both have begun, and no message is out */
	network_is(false, false);
	over &= has_ended(&alarms[1]);
	over &= has_ended(&alarms[2]);
	int call = alarms[1].results[PAGER_CALL] + alarms[2].results[PAGER_CALL];
	int refused = alarms[1].results[PAGER_REFUSED] + alarms[2].results[PAGER_REFUSED];

	network_is(true, true);
	begin(&alarms[0], pager, PAGER_PENDING + 1, 1);
	schedule_await_blocked();
	int before = calls_begun();
	answer(PAGER_LINES);
	int more = calls_begun() - before;
	network_is(true, false);
	over &= has_ended(&alarms[0]);
	answer(ALL);
	struct pager_counts counts = pager_counts(pager);
	pager_close(pager);
	cr_assert(over, "pager_alert() waits for a line");
	cr_assert(call == 1 && refused == 1,
		  "there was one place, and of two members at once %d were promised a call, %d refused", call, refused);
	cr_assert_eq(more, PAGER_LINES, "while a message was under way, %d members answered, and %d more were called",
		     PAGER_LINES, more);
	expect_results(&alarms[0], 1, 0, 0);
	cr_assert_eq(calls_made(), PAGER_PENDING, "%d calls were promised, %d made", PAGER_PENDING, calls_made());
	cr_assert(counts.alerted == PAGER_PENDING + 2 && counts.sent == 1 && counts.called == PAGER_PENDING &&
			  counts.refused == 1,
		  "%ld alerted, %ld sent, %ld called, %ld refused: that is not what has happened", counts.alerted,
		  counts.sent, counts.called, counts.refused);
}

/* All calls are over before the next message fails. What the lines leave behind, the leak budget counts. */
Test(pager, comes_through_storm_after_storm, .timeout = 60)
{
	struct pager *pager = pager_open(send_message, call_by_phone);
	bool over = true;

	for (int i = 0; i < STORMS; i++) {
		over &= goes_through(&alarms[0], pager, i * PAGER_LINES, PAGER_LINES, false);
		answer(PAGER_LINES);
	}
	answer(ALL);
	pager_close(pager);
	cr_assert(over, "pager_alert() waits for a line");
	expect_lines(most_at_once());
	for (int i = 0; i < STORMS * PAGER_LINES; i++)
		cr_assert_eq(called[i], 1, "member %d was promised a call, and called %ld times", i, called[i]);
}
