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
#include <sys/stat.h>

#include "kit/check.h"
#include "kit/schedule.h"

enum { MEMBERS = PAGER_PENDING + 4, ALL = 100, NIGHTS = 2, STORMS = 3 /* in a night */ };
enum { DESCRIPTORS = 256 /* that are looked at */ };
enum { FAR_OFF = 50, NOBODY = ALL /* members */ };

/* Of a line, after a call: in its first lock, and before that one and those after it. */
enum { NOWHERE = -1, IN_LOCK, FIRST_LOCK, STEPS = FIRST_LOCK + 3 };

enum { ALL_ARE_RAISED, LOOKS_FOR_ROOM, STEP /* the first of some */ };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	bool network;	    /* messages can be sent */
	int slow;	    /* to this member and those after it they are under way for as long as this is so */
	int messages;	    /* so many were to be sent */
	int begun, at_once; /* calls */
	int most;	    /* at once */
	int answered;	    /* calls that may end */
	bool sound_asleep;  /* the first one who is called, until all may end */
	bool tired;	    /* who has made a call wakes up late for the next one */
	int step;	    /* of the line whose call ends next: it stops there */
	struct message {
		int member, point; /* the message to this one fails when the point is reached */
	} late;
	struct message looks; /* when this one has failed, its point is reached before the next lock but one */
} town = {.lock = PTHREAD_MUTEX_INITIALIZER,
	  .changed = PTHREAD_COND_INITIALIZER,
	  .slow = NOBODY,
	  .late.member = NOBODY,
	  .looks.member = NOBODY,
	  .step = NOWHERE};

static long called[ALL]; /* how often, by member; without a lock, on purpose: read when the pager is closed */

static int send_message(int member)
{
	CHECK(pthread_mutex_lock(&town.lock));
	town.messages++;
	while (member >= town.slow)
		CHECK(pthread_cond_wait(&town.changed, &town.lock));
	bool network = town.network;
	struct message late = town.late, looks = town.looks;
	CHECK(pthread_mutex_unlock(&town.lock));
	if (member == late.member)
		schedule_await(late.point);
	if (member == looks.member)
		schedule_reached_before_lock(2, looks.point);
	return network ? 0 : EHOSTUNREACH;
}

static void network_is(bool up, int slow)
{
	CHECK(pthread_mutex_lock(&town.lock));
	town.network = up;
	town.slow = slow;
	CHECK(pthread_cond_broadcast(&town.changed));
	CHECK(pthread_mutex_unlock(&town.lock));
}

static void call_by_phone(int member)
{
	schedule_reached_before_lock(0, STEP);
	CHECK(pthread_mutex_lock(&town.lock));
	int call = town.begun++;
	town.at_once++;
	town.most = town.at_once > town.most ? town.at_once : town.most;
	while (call >= town.answered || (town.sound_asleep && call == 0 && town.answered < ALL))
		CHECK(pthread_cond_wait(&town.changed, &town.lock));
	town.at_once--;
	if (town.tired)
		schedule_wake_late(ALL_ARE_RAISED);
	int step = town.step, point = town.late.point;
	town.step = NOWHERE;
	CHECK(pthread_mutex_unlock(&town.lock));
	called[member]++;
	if (step == IN_LOCK)
		schedule_reached_in_lock(point);
	else if (step != NOWHERE)
		schedule_reached_before_lock(step, point);
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

static void nobody_answers(void)
{
	CHECK(pthread_mutex_lock(&town.lock));
	town.answered = town.begun;
	CHECK(pthread_mutex_unlock(&town.lock));
}

static void the_town_is(bool *how, bool so)
{
	CHECK(pthread_mutex_lock(&town.lock));
	*how = so;
	CHECK(pthread_mutex_unlock(&town.lock));
}

/* The message to the member fails when the point is reached: by the line whose call ends next, at this step. */
static void fails_late(int member, int point, int step)
{
	CHECK(pthread_mutex_lock(&town.lock));
	town.late = (struct message){member, point};
	town.step = step;
	CHECK(pthread_mutex_unlock(&town.lock));
}

static int now_at_once(void)
{
	CHECK(pthread_mutex_lock(&town.lock));
	int now = town.at_once;
	CHECK(pthread_mutex_unlock(&town.lock));
	return now;
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
	if (!over) { /* so that it ends, and the test fails */
		network_is(false, NOBODY);
		answer(ALL);
	}
	CHECK(pthread_join(alarm->thread, NULL));
	CHECK(pthread_mutex_destroy(&alarm->lock));
	alarm->pager = NULL; /* else memcheck would find the pager here, when nobody has freed it */
	return over;
}

static bool goes_through(struct alarm *alarm, struct pager *pager, int first, int members, bool network)
{
	network_is(network, NOBODY);
	begin(alarm, pager, first, members);
	return has_ended(alarm);
}

/* Waits may end without a signal, as POSIX allows: who was woken for nothing has to wait again. */
static struct pager *open_in_the_evening(void)
{
	schedule_wake_in_vain();
	int before = calls_begun();
	struct pager *pager = pager_open(send_message, call_by_phone);

	schedule_await_blocked();
	cr_assert_eq(calls_begun(), before, "nobody was alerted, and somebody is called");
	return pager;
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

/* Twice: when the lines take what they can, and when none that has called before wakes up until all alarms are raised. */
Test(pager, refuses_what_it_cannot_call, .timeout = 60)
{
	struct pager *pager = open_in_the_evening();
	bool over = goes_through(&alarms[0], pager, 0, PAGER_LINES, false);
	over &= goes_through(&alarms[1], pager, PAGER_LINES, MEMBERS - PAGER_LINES, false);
	struct alarm first = alarms[0], more = alarms[1];
	int most = most_at_once();
	long early = pager_counts(pager).called;

	the_town_is(&town.tired, true);
	answer(ALL);
	nobody_answers();
	over &= goes_through(&alarms[0], pager, MEMBERS, MEMBERS, false);
	schedule_reached(ALL_ARE_RAISED);
	schedule_await_blocked();
	int now = now_at_once();
	answer(ALL);
	struct pager_counts counts = pager_counts(pager);
	pager_close(pager);
	cr_assert(over, "pager_alert() waits for a line");
	expect_lines(most);
	expect_results(&first, 0, PAGER_LINES, 0);
	expect_results(&more, 0, PAGER_PENDING - PAGER_LINES, MEMBERS - PAGER_PENDING);
	expect_lines(now);
	cr_assert_eq(early, 0, "nobody has answered, and %ld calls are counted as over", early);
	expect_results(&alarms[0], 0, PAGER_PENDING, MEMBERS - PAGER_PENDING);
	cr_assert_eq(calls_made(), 2 * PAGER_PENDING, "%d calls were promised, %d made", 2 * PAGER_PENDING,
		     calls_made());
	for (int i = 0; i < 2 * MEMBERS; i++)
		cr_assert_leq(called[i], 1, "member %d was called %ld times", i, called[i]);
	cr_assert(counts.alerted == 2 * MEMBERS && counts.sent == 0 && counts.called == 2 * PAGER_PENDING &&
			  counts.refused == counts.alerted - counts.called,
		  "%ld alerted, %ld sent, %ld called, %ld refused: that is not what has happened", counts.alerted,
		  counts.sent, counts.called, counts.refused);
}

Test(pager, takes_calls_again, .timeout = 60)
{
	struct pager *pager = open_in_the_evening();
	bool over = goes_through(&alarms[0], pager, 0, PAGER_PENDING, false);
	pthread_t closer;

	the_town_is(&town.sound_asleep, true);
	answer(3); /* so that two calls are over */
	over &= goes_through(&alarms[1], pager, PAGER_PENDING, 3, false);
	over &= goes_through(&alarms[2], pager, PAGER_PENDING + 3, 1, true);
	CHECK(pthread_create(&closer, NULL, close_pager, pager));
	schedule_await_blocked(); /* nobody answers: it has to wait */
	answer(PAGER_PENDING);
	int begun = calls_begun();
	answer(ALL);
	CHECK(pthread_join(closer, NULL));
	cr_assert(over, "pager_alert() waits for a line");
	expect_lines(most_at_once());
	expect_results(&alarms[0], 0, PAGER_PENDING, 0);
	expect_results(&alarms[1], 0, 2, 1);
	expect_results(&alarms[2], 1, 0, 0);
	cr_assert_eq(begun, PAGER_PENDING + 2,
		     "one member does not wake up, all others do, and of %d calls %d were begun", PAGER_PENDING + 2,
		     begun);
	for (int i = 0; i < PAGER_PENDING; i++)
		cr_assert_eq(called[i], 1, "member %d was promised a call, and called %ld times", i, called[i]);
}

/* This member's message fails, and the next one's between two locks of the first alarm. False: one of them waited. */
static bool fail_together(struct pager *pager, int member)
{
	fails_late(member + 1, LOOKS_FOR_ROOM, NOWHERE);
	CHECK(pthread_mutex_lock(&town.lock));
	town.looks = (struct message){member, LOOKS_FOR_ROOM};
	CHECK(pthread_mutex_unlock(&town.lock));
	begin(&alarms[2], pager, member + 1, 1);
	schedule_await_blocked();
	begin(&alarms[1], pager, member, 1);
	bool over = has_ended(&alarms[1]);

	schedule_reached(LOOKS_FOR_ROOM);
	return has_ended(&alarms[2]) && over;
}

/*
 * One place is left. While one message is under way, another one fails, and has the place. Then there is one place, and two
 * messages fail, one of them between two locks of the other alarm. Then two are under way for long, and the lines go on.
 */
Test(pager, raises_several_alarms_at_once, .timeout = 60)
{
	struct pager *pager = open_in_the_evening();
	bool over = goes_through(&alarms[0], pager, 0, PAGER_PENDING - 1, false);

	network_is(false, FAR_OFF);
	begin(&alarms[1], pager, FAR_OFF, 1);
	schedule_await_blocked();
	begin(&alarms[2], pager, PAGER_PENDING - 1, 1);
	bool passes = has_ended(&alarms[2]);
	network_is(true, NOBODY);
	over &= has_ended(&alarms[1]);
	struct alarm sent = alarms[1], failed = alarms[2];

	answer(1);
	network_is(false, NOBODY);
	over &= fail_together(pager, PAGER_PENDING);
	int call = alarms[1].results[PAGER_CALL] + alarms[2].results[PAGER_CALL];
	int refused = alarms[1].results[PAGER_REFUSED] + alarms[2].results[PAGER_REFUSED];

	network_is(true, 0);
	begin(&alarms[0], pager, FAR_OFF, 1);
	begin(&alarms[1], pager, FAR_OFF + 1, 1);
	schedule_await_blocked();
	int before = calls_begun();
	answer(PAGER_LINES);
	int more = calls_begun() - before;
	network_is(true, NOBODY);
	over &= has_ended(&alarms[0]);
	over &= has_ended(&alarms[1]);
	answer(ALL);
	struct pager_counts counts = pager_counts(pager);
	pager_close(pager);
	cr_assert(passes, "pager_alert() waits while another message is under way");
	cr_assert(over, "pager_alert() waits for a line");
	expect_results(&failed, 0, 1, 0);
	expect_results(&sent, 1, 0, 0);
	cr_assert(call == 1 && refused == 1,
		  "there was one place, and of two members at once %d were promised a call, %d refused", call, refused);
	cr_assert_eq(more, PAGER_LINES, "while messages were under way, %d members answered, and %d more were called",
		     PAGER_LINES, more);
	expect_results(&alarms[0], 1, 0, 0);
	expect_results(&alarms[1], 1, 0, 0);
	cr_assert_eq(calls_made(), PAGER_PENDING + 1, "%d calls were promised, %d made", PAGER_PENDING + 1,
		     calls_made());
	cr_assert(counts.alerted == PAGER_PENDING + 5 && counts.sent == 3 && counts.called == PAGER_PENDING + 1 &&
			  counts.refused == 1,
		  "%ld alerted, %ld sent, %ld called, %ld refused: that is not what has happened", counts.alerted,
		  counts.sent, counts.called, counts.refused);
	cr_assert_eq(town.messages, counts.alerted, "%ld members were alerted, and %d messages were tried",
		     counts.alerted, town.messages);
}

/* A line's call ends; at this step of the line these members' messages fail. False: pager_alert() waited. */
static bool fail_at(int step, struct pager *pager, int first, int members)
{
	static int point = STEP; /* one for each */

	fails_late(first, point, step);
	begin(&alarms[1], pager, first, members);
	schedule_await_blocked();
	answer(1);
	schedule_reached(point++); /* the line has come to that step, or waits */
	return has_ended(&alarms[1]);
}

/* At first nobody waits for a line, and the line whose call ends has nobody to call. Then all places are taken, and one comes free. */
Test(pager, keeps_its_bounds_at_each_step, .timeout = 60)
{
	struct pager *pager = open_in_the_evening();
	bool over = true;
	int member = 0, made[STEPS], promised[STEPS];

	/* One after the other, so that the order of the calls is known. */
	while (member < PAGER_LINES)
		over &= goes_through(&alarms[0], pager, member++, 1, false);
	for (int step = IN_LOCK; step < STEPS; step++) {
		over &= fail_at(step, pager, member++, 1);
		made[step] = now_at_once();
	}
	over &= goes_through(&alarms[0], pager, member, PAGER_PENDING - PAGER_LINES - 1, false);
	int twice = member;
	over &= goes_through(&alarms[0], pager, twice, 1, false);
	member += PAGER_PENDING - PAGER_LINES - 1;
	for (int step = IN_LOCK; step < STEPS; step++, member += 3) {
		over &= fail_at(step, pager, member, 2);
		over &= goes_through(&alarms[2], pager, member + 2, 1, false);
		promised[step] = alarms[1].results[PAGER_CALL] + alarms[2].results[PAGER_CALL];
	}
	answer(ALL);
	pager_close(pager);
	cr_assert(over, "pager_alert() waits for a line");
	expect_lines(most_at_once());
	for (int step = IN_LOCK; step < STEPS; step++) {
		expect_lines(made[step]);
		cr_assert_eq(promised[step], 1, "of %d calls one was over, and %d more were promised", PAGER_PENDING,
			     promised[step]);
	}
	cr_assert_eq(called[twice], 2, "member %d was promised two calls, and called %ld times", twice, called[twice]);
	cr_assert_eq(calls_made(), PAGER_PENDING + 2 * STEPS, "%d calls were promised, %d made",
		     PAGER_PENDING + 2 * STEPS, calls_made());
}

/* Of those that a pager may open: a detector may open files at any time. */
static int open_descriptors(void)
{
	struct stat file;
	int open = 0;

	for (int i = 0; i < DESCRIPTORS; i++)
		open += fstat(i, &file) == 0 && !S_ISREG(file.st_mode) && !S_ISCHR(file.st_mode) &&
			!S_ISDIR(file.st_mode);
	return open;
}

/* All calls are over before the next message fails. What the lines leave behind, the leak budget counts. */
Test(pager, comes_through_storm_after_storm, .timeout = 60)
{
	bool over = true;
	int member = 0, before = open_descriptors();

	pager_close(open_in_the_evening()); /* a quiet night */
	for (int night = 0; night < NIGHTS; night++) {
		struct pager *pager = open_in_the_evening();

		nobody_answers();
		for (int i = 0; i < STORMS; i++, member += PAGER_LINES) {
			over &= goes_through(&alarms[0], pager, member, PAGER_LINES, false);
			answer(PAGER_LINES);
		}
		answer(ALL);
		pager_close(pager);
	}
	int left = open_descriptors() - before;
	cr_assert_eq(left, 0, "pager_close() has returned, and %d descriptors are open that were not before", left);
	cr_assert(over, "pager_alert() waits for a line");
	expect_lines(most_at_once());
	for (int i = 0; i < member; i++)
		cr_assert_eq(called[i], 1, "member %d was promised a call, and called %ld times", i, called[i]);
}
