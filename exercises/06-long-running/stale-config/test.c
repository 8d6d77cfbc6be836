/*
 * What filter.h promises, seen from outside. One of the mails takes long: it is
 * still being judged when the rules change, a thousand times, and another waits
 * behind it. That is pinned by a schedule, which orders nothing, so a detector
 * sees what the rules' memory goes through.
 */
#include "filter.h"

#include <criterion/criterion.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

enum { TURN_FIRST = 5, TURN_LAST = 6, SLOW = 7, MAILS = 8, CHANGES = 3, MANY = 1000, TURNS = 24 };
enum { BEGUN, CHANGED };
enum { SPAM = 2, SPAMS = 40 /* mails that come while one is being judged: as many as come */ };

/* How each mail was judged; of the filter's thread, and of the test's when the filter has stopped. */
static struct judged {
	struct rules begin, end;
} judged[MAILS];

static int spams; /* that were judged; likewise */

static void judge(const struct rules *rules, int mail)
{
	spams += mail == SPAM;
	judged[mail].begin = *rules;
	gauge_set("rules_used", rules->points);
	if (mail == SLOW) {
		schedule_reached(BEGUN);
		schedule_await(CHANGED);
	}
	if (mail == TURN_FIRST || mail == TURN_LAST)
		schedule_give_turns(mail == TURN_FIRST); /* between the two, and in this thread */
	judged[mail].end = *rules;
}

/* Changes the rules, and then its own copy of them. */
static void set(int number)
{
	static struct rules own;

	own = (struct rules){number, 10 * number};
	filter_set(&own);
	gauge_set("rules_set", number);
	own = (struct rules){-1, -1};
}

/* Likewise. */
static void start(int number)
{
	static struct rules own;

	own = (struct rules){number, 10 * number};
	gauge_set("rules_set", number);
	filter_start(&own, judge);
	own = (struct rules){-1, -1};
}

/* When the last mail has been judged: what becomes of those that have not is another test's question. */
static void stop(void)
{
	schedule_await_blocked();
	filter_stop();
}

static void expect_judged(int mail, int number)
{
	const struct judged *one = &judged[mail];

	cr_assert_eq(one->begin.points, number, "mail %d was judged by rules %d, and rules %d were in force", mail,
		     one->begin.points, number);
	cr_assert_eq(one->begin.links, 10 * number, "mail %d was judged by a mixture of rules", mail);
	cr_assert(one->end.points == number && one->end.links == 10 * number,
		  "the rules have changed while mail %d was being judged", mail);
}

Test(filter, judges_by_the_new_rules, .timeout = 60)
{
	start(1);
	filter_put(0);
	for (int i = 1; i <= CHANGES; i++) {
		schedule_await_blocked(); /* the mail before has been judged */
		set(1 + i);
		filter_put(i);
	}
	stop();
	for (int i = 0; i <= CHANGES; i++)
		expect_judged(i, 1 + i);
}

/* --- while a mail is being judged --- */

static struct {
	pthread_mutex_t lock;
	bool back; /* guarded by lock; the call has returned */
} change = {.lock = PTHREAD_MUTEX_INITIALIZER}, end = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *change_rules(void *arg)
{
	for (int i = 1; i <= MANY; i++)
		set(1 + i);
	CHECK(pthread_mutex_lock(&change.lock));
	change.back = true;
	CHECK(pthread_mutex_unlock(&change.lock));
	return arg;
}

/* It may have to wait until there is room. */
static void *put_spam(void *arg)
{
	for (int i = 0; i < SPAMS; i++)
		filter_put(SPAM);
	return arg;
}

/* What is allocated and not freed, in bytes; always the same where a detector allocates in the place of the C library. */
static size_t allocated(void)
{
	return mallinfo2().uordblks;
}

Test(filter, keeps_the_rules_of_a_mail, .timeout = 60)
{
	pthread_t changer, sender;

	start(1);
	filter_put(SLOW);
	schedule_await(BEGUN);
	filter_put(1); /* before the changes; it will begin after them */
	CHECK(pthread_create(&sender, NULL, put_spam, NULL));
	schedule_await_blocked();
	size_t before = allocated();
	CHECK(pthread_create(&changer, NULL, change_rules, NULL));
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&change.lock));
	bool waits = !change.back;
	CHECK(pthread_mutex_unlock(&change.lock));
	size_t grown = allocated() - before;
	schedule_reached(CHANGED);
	schedule_await_blocked(); /* the mail has been judged; also if the change has waited for that */
	CHECK(pthread_join(changer, NULL));
	CHECK(pthread_join(sender, NULL));
	filter_put(0);
	stop();
	cr_assert_eq(spams, SPAMS, "%d mails were handed in while one was being judged, and %d were judged", SPAMS,
		     spams);
	cr_assert_lt((long)grown, MANY * (long)sizeof(int),
		     "the rules were changed %d times, and the filter has grown by %ld bytes", MANY, (long)grown);
	cr_assert_not(waits, "filter_set() waits for a mail that is being judged");
	expect_judged(SLOW, 1);
	expect_judged(1, 1 + MANY);
	expect_judged(0, 1 + MANY);
}

/* --- changes between any two steps of a mail, and of another change --- */

static pthread_mutex_t turns_lock = PTHREAD_MUTEX_INITIALIZER;
static bool turns_over; /* guarded by turns_lock */

/* So many times, and no more: who looks again until nothing has changed may come to an end. */
static void *change_in_turn(void *arg)
{
	for (int i = 1; i <= TURNS; i++) {
		schedule_await_turn();
		CHECK(pthread_mutex_lock(&turns_lock));
		bool over = turns_over;
		CHECK(pthread_mutex_unlock(&turns_lock));
		if (over)
			break;
		filter_set(&(struct rules){1 + i, 10 * (1 + i)});
	}
	return arg;
}

static void *change_step_by_step(void *arg)
{
	schedule_give_turns(true);
	filter_set(&(struct rules){MANY, 10 * MANY});
	return arg;
}

static void expect_whole(int mail, const char *when)
{
	struct rules begin = judged[mail].begin, end = judged[mail].end;

	cr_assert_eq(begin.links, 10 * begin.points,
		     "%s, and mail %d was judged by the points of one and the links of another", when, mail);
	cr_assert(end.points == begin.points && end.links == begin.links,
		  "%s, and the rules have changed while mail %d was being judged", when, mail);
}

Test(filter, takes_a_change_as_a_whole, .timeout = 60)
{
	pthread_t in_turn, step_by_step;

	start(1);
	filter_put(TURN_FIRST);
	schedule_await_blocked();
	CHECK(pthread_create(&in_turn, NULL, change_in_turn, NULL));
	for (int i = 0; i < CHANGES; i++)
		filter_put(i);
	filter_put(TURN_LAST);
	schedule_await_blocked(); /* they have been judged */
	CHECK(pthread_create(&step_by_step, NULL, change_step_by_step, NULL));
	CHECK(pthread_join(step_by_step, NULL));
	filter_put(CHANGES);
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&turns_lock));
	turns_over = true;
	CHECK(pthread_mutex_unlock(&turns_lock));
	schedule_give_turn();
	CHECK(pthread_join(in_turn, NULL));
	set(MANY);
	filter_put(CHANGES + 1);
	stop();
	for (int i = 0; i < CHANGES; i++)
		expect_whole(i, "the rules changed at each step of a mail");
	expect_whole(CHANGES, "two threads changed the rules at once");
	expect_judged(CHANGES + 1, MANY);
}

/* --- the end, while a mail is being judged and others wait --- */

static void *stop_filter(void *arg)
{
	filter_stop();
	CHECK(pthread_mutex_lock(&end.lock));
	end.back = true;
	CHECK(pthread_mutex_unlock(&end.lock));
	return arg;
}

Test(filter, judges_all_before_it_ends, .timeout = 60)
{
	pthread_t stopper;

	start(1);
	filter_put(SLOW);
	schedule_await(BEGUN);
	for (int i = 0; i < CHANGES; i++)
		filter_put(i);
	CHECK(pthread_create(&stopper, NULL, stop_filter, NULL));
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&end.lock));
	bool ended = end.back;
	CHECK(pthread_mutex_unlock(&end.lock));
	schedule_reached(CHANGED);
	CHECK(pthread_join(stopper, NULL));
	cr_assert_not(ended, "filter_stop() has returned, and a mail is still being judged");
	expect_judged(SLOW, 1);
	for (int i = 0; i < CHANGES; i++)
		expect_judged(i, 1);
}
