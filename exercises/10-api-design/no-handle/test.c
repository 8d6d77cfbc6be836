/*
 * What reel.h promises, seen from the scanners. A reel counts its frames without
 * a lock, on purpose: the caller that has waited for a scan may look at its reel. If
 * nobody has waited, that is a data race.
 */
#include "reel.h"

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

/* In ms: when a test stops waiting for what does not come, and a held frame for being let go. No right design is near. */
enum { LATE = 8000, TOO_LATE = 12000 };
enum { NOWHERE = -1 };

struct reel {
	int frames; /* that are on it */
	bool tears; /* after these */
	int held;   /* the frame that takes until the reel is let go, or NOWHERE */
	int ran;    /* the point that is reached with the last frame */
	/* of the scan's thread, then of the caller that has waited for it; so without a lock */
	int scanned;
	long ends; /* how often it was said that there is no more */
	/* of the tester */
	bool asked_tester; /* for a frame */
	/* of the thread that waits, until it is joined */
	struct scan *scan;
	enum scan_result result;
	int counted;
	/* all below guarded by the lock */
	bool under_way; /* the held frame is */
	bool let_go;	/* it may end */
	bool in_vain;	/* nobody could let it go, or did */
	bool returned;	/* scan_wait() has */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static pthread_t tester; /* who starts the scans, and lets the frames go */

static void set(bool *flag)
{
	CHECK(pthread_mutex_lock(&lock));
	*flag = true;
	CHECK(pthread_cond_broadcast(&changed));
	CHECK(pthread_mutex_unlock(&lock));
}

/* Whether it is set within that many milliseconds. */
static bool becomes_true(const bool *flag, long wait)
{
	struct timespec end = deadline_in(wait);

	CHECK(pthread_mutex_lock(&lock));
	while (!*flag && deadline_cond_wait(&changed, &lock, &end))
		;
	bool set = *flag;
	CHECK(pthread_mutex_unlock(&lock));
	return set;
}

static enum frame next_frame(void *arg)
{
	struct reel *reel = arg;
	bool by_tester = pthread_equal(pthread_self(), tester);

	if (by_tester)
		reel->asked_tester = true;
	if (reel->scanned == reel->frames) {
		reel->ends++;
		return reel->tears ? FRAME_TORN : FRAME_NONE;
	}
	if (reel->scanned == reel->held) {
		set(&reel->under_way);
		if (by_tester || !becomes_true(&reel->let_go, TOO_LATE))
			set(&reel->in_vain);
	}
	if (++reel->scanned == reel->frames)
		schedule_reached(reel->ran);
	return FRAME_SCANNED;
}

/* For who has waited. In time the last frame has been scanned either way; only a wait puts it into an order. */
static int scanned_of(const struct reel *reel)
{
	schedule_await(reel->ran);
	return reel->scanned;
}

/* For who has waited, like the frames. */
static long ends_of(const struct reel *reel)
{
	return reel->ends;
}

static void *wait_for(void *arg)
{
	struct reel *reel = arg;
	struct scan *scan = reel->scan;

	/* Nobody keeps the handle: memory that scan_wait() does not free is lost then, and memcheck says so. */
	reel->scan = NULL;
	reel->result = scan_wait(scan, &reel->counted);
	set(&reel->returned);
	return NULL;
}

static void set_up(void)
{
	deadline_cond_init(&changed);
	tester = pthread_self();
}

Test(reel, tells_how_each_went, .timeout = 60)
{
	static struct reel torn = {.frames = 2, .tears = true, .held = NOWHERE, .ran = 0};
	static struct reel whole = {.frames = 3, .held = NOWHERE, .ran = 1};

	set_up();
	torn.scan = scan_start(next_frame, &torn);
	schedule_await_blocked();
	whole.scan = scan_start(next_frame, &whole);
	schedule_await_blocked();
	wait_for(&torn);
	wait_for(&whole);
	cr_assert_eq(torn.result, SCAN_TORN, "a reel has torn, and nobody is told");
	cr_assert_eq(torn.counted, 2, "2 frames were scanned before it tore, and %d were counted", torn.counted);
	cr_assert_eq(whole.result, SCAN_WHOLE, "a reel was whole, and is said to have torn");
	cr_assert_eq(whole.counted, 3, "3 frames were scanned, and %d were counted", whole.counted);
	cr_assert_eq(ends_of(&torn), 1, "a reel has said that it is torn, and is asked for another frame");
	cr_assert_eq(ends_of(&whole), 1, "a reel has said that it has run through, and is asked for another frame");
}

Test(reel, waits_for_the_frame_under_way, .timeout = 60)
{
	static struct reel reel = {.frames = 3, .held = 1, .ran = 0};
	pthread_t waiter;

	set_up();
	reel.scan = scan_start(next_frame, &reel);
	bool begins = becomes_true(&reel.under_way, LATE), in_vain = becomes_true(&reel.in_vain, 0);
	CHECK(pthread_create(&waiter, NULL, wait_for, &reel));
	schedule_await_blocked();
	bool early = becomes_true(&reel.returned, 0);
	set(&reel.let_go);
	CHECK(pthread_join(waiter, NULL));
	int scanned = scanned_of(&reel);
	cr_assert(begins, "no frame is scanned");
	cr_assert_not(reel.asked_tester, "scan_start() scans a frame itself");
	cr_assert_not(in_vain, "scan_start() waits for a frame");
	cr_assert_not(early, "scan_wait() has returned, and a frame was under way");
	cr_assert_eq(scanned, 3);
	cr_assert_eq(reel.counted, 3, "3 frames were scanned, and %d were counted", reel.counted);
}

Test(reel, waits_for_no_other, .timeout = 60)
{
	static struct reel slow = {.frames = 2, .held = 1, .ran = 0};
	static struct reel quick = {.frames = 1, .held = NOWHERE, .ran = 1};
	pthread_t patient, waiter;

	set_up();
	slow.scan = scan_start(next_frame, &slow);
	quick.scan = scan_start(next_frame, &quick);
	schedule_await_blocked();
	bool begins = becomes_true(&slow.under_way, 0);
	CHECK(pthread_create(&patient, NULL, wait_for, &slow));
	schedule_await_blocked();
	CHECK(pthread_create(&waiter, NULL, wait_for, &quick));
	bool returns = becomes_true(&quick.returned, LATE), in_vain = becomes_true(&slow.in_vain, 0);
	set(&slow.let_go);
	CHECK(pthread_join(waiter, NULL));
	CHECK(pthread_join(patient, NULL));
	scanned_of(&slow);
	cr_assert(begins, "no frame is scanned");
	cr_assert_not(in_vain, "scan_start() waits for a frame");
	cr_assert(returns, "scan_wait() waits for another scan, or for the caller that waits for that one");
}
