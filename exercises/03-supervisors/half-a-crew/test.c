/*
 * What crew.h promises, seen from the office that hires. Each hand in turn is refused,
 * first when those before it wait for orders, then when they have not even begun. What
 * a hand notes of its end is read without a lock right after crew_start(), on purpose:
 * then it has been joined.
 */
#include "crew.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum {
	HANDS = 4,
	AT_ONCE = HANDS, /* orders, for which all hands are needed at the same time */
	MORE = 100,	 /* orders, just before the stop, while all hands haul */
	PATIENCE = 1000, /* ms: ten times, for what a right crew does at once; only a wrong one takes all of it */
	NONE = -1
};

/* The point of the schedule: another thread than the office has given its order. */
enum { ORDERED };

/* What pthread_create() may say. */
static const int errors[] = {EAGAIN, EPERM, EINVAL};

struct hand {
	void *(*run)(void *);
	void *arg;
	int number;
	bool ends;  /* it is in end(); guarded by ferry.lock */
	long ended; /* of the hand; of the office once it was joined */
};

static struct {
	/* the office's, which is one thread */
	int refused;	 /* the how many-th call of hire() is, from 0 */
	bool begin_late; /* hands begin when all others wait */
	int calls;	 /* of hire() */
	int hired;	 /* of these, hands */
	int error;	 /* what crew_start() has said */
	int left;	 /* hands that had not ended by then */
	int at_once;	 /* orders that were hauled before the stop, */
	bool by_all;	 /* by all hands at the same time */
	struct crew *crew;

	struct hand hands[HANDS + 1];

	pthread_mutex_t lock;
	pthread_cond_t changed;
	int ends;	 /* calls of end(); guarded by lock */
	bool done;	 /* guarded by lock: the office has */
	int hauling;	 /* at the moment; guarded by lock */
	bool all_hauled; /* at the same time; guarded by lock */
	bool giving;	 /* guarded by lock: the office gives more orders than there are hands */
	bool waits;	 /* guarded by lock: and waits with that */
	int elsewhere;	 /* hauled for another crew; guarded by lock */
	int hauled;	 /* guarded by lock; the office's once all hands have ended */
} ferry = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Notes that the hand has ended, or only says it. */
static bool has_ended(struct hand *hand, bool now)
{
	if (now)
		hand->ended = true;
	return hand->ended;
}

static void note(struct hand *hand, bool ends)
{
	CHECK(pthread_mutex_lock(&ferry.lock));
	hand->ends = ends;
	ferry.ends += ends;
	CHECK(pthread_mutex_unlock(&ferry.lock));
}

/* Whether no hand that was hired after this one is in end(); and how many calls of it there were so far. */
static bool is_last(const struct hand *hand, int *ends)
{
	bool last = true;

	CHECK(pthread_mutex_lock(&ferry.lock));
	*ends = ferry.ends;
	for (int i = hand->number + 1; i <= HANDS; i++)
		last &= !ferry.hands[i].ends;
	CHECK(pthread_mutex_unlock(&ferry.lock));
	return last;
}

/*
 * Hands end when all others wait: one that is not waited for has not ended yet. Of those that may end the one that was
 * hired last goes first, so that to wait for it is not to wait for all. If they are cancelled, too.
 */
static void end(void *arg)
{
	struct hand *hand = arg;
	int before, after;
	bool last;

	note(hand, true);
	do {
		last = is_last(hand, &before);
		schedule_await_blocked();
		is_last(hand, &after);
	} while (!last || after != before);
	has_ended(hand, true);
	note(hand, false);
}

static void *be_a_hand(void *arg)
{
	struct hand *hand = arg;
	void *result;

	if (ferry.begin_late)
		schedule_await_blocked();
	pthread_cleanup_push(end, hand);
	result = hand->run(hand->arg);
	pthread_cleanup_pop(1);
	return result;
}

static int hire(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *arg)
{
	int call = ferry.calls++, number = ferry.hired;

	if (call == ferry.refused) {
		if (!ferry.begin_late)
			schedule_await_blocked();
		memset(thread, 0, sizeof *thread); /* POSIX: undefined */
		return errors[call % (int)(sizeof errors / sizeof errors[0])];
	}
	REQUIRE(number <= HANDS);
	CHECK(pthread_mutex_lock(&ferry.lock));
	ferry.hands[number] = (struct hand){.run = run, .arg = arg, .number = number};
	CHECK(pthread_mutex_unlock(&ferry.lock));
	ferry.hired++;
	NEED(pthread_create(thread, attributes, be_a_hand, &ferry.hands[number]));
	return 0;
}

static void haul(void *arg)
{
	REQUIRE(arg == &ferry);
	CHECK(pthread_mutex_lock(&ferry.lock));
	bool takes_time = ++ferry.hauled <= AT_ONCE + HANDS, giving = ferry.giving;
	ferry.hauling++;
	CHECK(pthread_mutex_unlock(&ferry.lock));
	if (takes_time)
		schedule_await_blocked();
	CHECK(pthread_mutex_lock(&ferry.lock));
	ferry.waits |= takes_time && giving && ferry.giving; /* all wait, and it has given no more */
	ferry.all_hauled |= ferry.hauling == HANDS;
	ferry.hauling--;
	CHECK(pthread_mutex_unlock(&ferry.lock));
}

static void haul_elsewhere(void *unused)
{
	(void)unused;
	CHECK(pthread_mutex_lock(&ferry.lock));
	ferry.elsewhere++;
	CHECK(pthread_mutex_unlock(&ferry.lock));
}

/* By another thread than the office, and nothing of the test orders what the two do. */
static void *give_order(void *crew)
{
	crew_order(crew);
	schedule_reached(ORDERED);
	return NULL;
}

static void start(void)
{
	ferry.crew = (struct crew *)&ferry; /* nothing that crew_start() may leave there */
	errno = EINTR;
	ferry.error = crew_start(&ferry.crew, HANDS, haul, &ferry, hire);
	if (ferry.error == ENOMEM && ferry.calls <= ferry.refused)
		NEED(ferry.error);
	if (ferry.error)
		for (int i = 0; i < ferry.hired; i++)
			ferry.left += !has_ended(&ferry.hands[i], false);
}

static void set_giving(bool giving)
{
	CHECK(pthread_mutex_lock(&ferry.lock));
	ferry.giving = giving;
	CHECK(pthread_mutex_unlock(&ferry.lock));
}

/* A whole day of the office. The hand of another crew waits first: one wake-up for any of those that wait is not enough. */
static void start_and_haul(void)
{
	struct crew *other;
	pthread_t mate;

	NEED(crew_start(&other, 1, haul_elsewhere, NULL, pthread_create));
	schedule_await_blocked();
	start();
	NEED(ferry.error);
	schedule_await_blocked();
	NEED(pthread_create(&mate, NULL, give_order, ferry.crew));
	schedule_await(ORDERED);
	for (int i = 1; i < AT_ONCE; i++)
		crew_order(ferry.crew);
	/* An order that wakes no hand would be hauled all the same, once the stop wakes all of them. */
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&ferry.lock));
	ferry.at_once = ferry.hauled;
	ferry.by_all = ferry.all_hauled || ferry.hauling == HANDS; /* they may not have gone on yet */
	CHECK(pthread_mutex_unlock(&ferry.lock));
	CHECK(pthread_join(mate, NULL));
	set_giving(true);
	for (int i = 0; i < MORE; i++)
		crew_order(ferry.crew);
	set_giving(false);
	crew_stop(ferry.crew);
	crew_order(other);
	crew_stop(other);
}

static void *work_in_the_office(void *arg)
{
	if (ferry.refused == NONE)
		start_and_haul();
	else
		start();
	CHECK(pthread_mutex_lock(&ferry.lock));
	ferry.done = true;
	CHECK(pthread_cond_broadcast(&ferry.changed));
	CHECK(pthread_mutex_unlock(&ferry.lock));
	return arg;
}

/* Waits for the office; false: it does not come back. */
static bool run_office(int refused)
{
	pthread_t office;
	bool done = false;

	ferry.refused = refused;
	ferry.calls = ferry.hired = ferry.left = 0;
	ferry.done = false;
	NEED(pthread_create(&office, NULL, work_in_the_office, NULL));
	for (int i = 0; i < 10 && !done; i++) {
		struct timespec end = deadline_in(PATIENCE);
		CHECK(pthread_mutex_lock(&ferry.lock));
		while (!ferry.done && deadline_cond_wait(&ferry.changed, &ferry.lock, &end))
			;
		done = ferry.done;
		CHECK(pthread_mutex_unlock(&ferry.lock));
		if (!done)
			schedule_await_blocked(); /* a thread that can go on has the time for it, on a slow machine too */
	}
	if (done)
		CHECK(pthread_join(office, NULL));
	return done;
}

static void prepare(void)
{
	deadline_cond_init(&ferry.changed);
}

TestSuite(crew, .init = prepare, .timeout = 60);

/* The office hires, and hand by hand it is refused. */
static void refuse_each(void)
{
	for (int refused = 0; refused < HANDS; refused++) {
		int error = errors[refused % (int)(sizeof errors / sizeof errors[0])];
		cr_assert(run_office(refused), "hand %d is refused, and crew_start() does not return", refused + 1);
		cr_assert_eq(ferry.error, error, "hand %d is refused by %d, and crew_start() says %d", refused + 1,
			     error, ferry.error);
		cr_assert_eq(ferry.calls, refused + 1, "hand %d is refused, and hire() was called %d times",
			     refused + 1, ferry.calls);
		cr_assert_eq(ferry.left, 0, "hand %d is refused, and of those before it %d are left", refused + 1,
			     ferry.left);
		cr_assert_null(ferry.crew, "hand %d is refused, and there is a crew", refused + 1);
	}
}

static void expect_all_hauled(void)
{
	cr_assert_eq(ferry.hauled, AT_ONCE + MORE, "%d orders were given, and %d were hauled", AT_ONCE + MORE,
		     ferry.hauled);
	cr_assert_eq(ferry.elsewhere, 1, "one order was given to another crew, and %d were hauled", ferry.elsewhere);
}

/* And then there is a crew. */
Test(crew, refused_while_others_wait)
{
	refuse_each();
	cr_assert(run_office(NONE), "a crew was refused, and of the next one crew_stop() does not return");
	expect_all_hauled();
}

Test(crew, refused_before_others_begin)
{
	ferry.begin_late = true;
	refuse_each();
}

Test(crew, a_whole_crew_hauls)
{
	schedule_wake_in_vain();
	cr_assert(run_office(NONE), "crew_stop() does not return");
	cr_assert_eq(ferry.calls, HANDS, "a crew has %d hands, and not %d", HANDS, ferry.calls);
	cr_assert_eq(ferry.at_once, AT_ONCE,
		     "%d orders were given to hands that waited, and %d were hauled before the stop", AT_ONCE,
		     ferry.at_once);
	cr_assert(ferry.by_all, "of %d hands not all haul at the same time", HANDS);
	cr_assert_not(ferry.waits, "all hands haul, and crew_order() waits");
	expect_all_hauled();
}
