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
enum {
	NOWHERE = -1,
	CROWD = 20,  /* scans at once, and no header says that they are few */
	LONG = 70000 /* frames: an hour of film has more */
};

struct reel {
	int frames; /* that are on it */
	bool tears; /* after these */
	int held;   /* the frame that takes until it is let go, or NOWHERE */
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
	bool returned;	/* scan_wait() has */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static pthread_t tester; /* who starts the scans, and lets the frames go */
/* guarded by lock */
static bool let_go;  /* held frames may end */
static bool in_vain; /* nobody could let them go, or did */

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
	/* Asked once more it has another answer: who goes on until there is none is to come to an end. */
	if (reel->scanned == reel->frames)
		return (reel->ends++ > 0) == reel->tears ? FRAME_NONE : FRAME_TORN;
	if (reel->scanned == reel->held) {
		set(&reel->under_way);
		if (by_tester || !becomes_true(&let_go, TOO_LATE)) {
			set(&in_vain);
			set(&let_go);
		}
	}
	reel->scanned++;
	return FRAME_SCANNED;
}

/* For who has waited. In time all scans have come to their end either way; only a wait puts that into an order. */
static int scanned_of(const struct reel *reel)
{
	schedule_await_blocked();
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
	static struct reel torn = {.frames = 2, .tears = true, .held = NOWHERE};
	static struct reel whole = {.frames = LONG, .held = NOWHERE};
	static struct reel blank = {.tears = true, .held = NOWHERE};
	struct reel *const all[] = {&torn, &whole, &blank};

	set_up();
	for (int i = 0; i < 3; i++) {
		all[i]->scan = scan_start(next_frame, all[i]);
		schedule_await_blocked();
	}
	for (int i = 0; i < 3; i++)
		wait_for(all[i]);
	cr_assert_eq(torn.result, SCAN_TORN, "a reel has torn, and nobody is told");
	cr_assert_eq(torn.counted, 2, "2 frames were scanned before it tore, and %d were counted", torn.counted);
	cr_assert_eq(whole.result, SCAN_WHOLE, "a reel was whole, and is said to have torn");
	cr_assert_eq(whole.counted, LONG, "%d frames were scanned, and %d were counted", LONG, whole.counted);
	cr_assert_eq(blank.result, SCAN_TORN, "a reel has torn at its beginning, and nobody is told");
	cr_assert_eq(blank.counted, 0, "no frame was scanned, and %d were counted", blank.counted);
	cr_assert_eq(ends_of(&torn), 1, "a reel has said that it is torn, and is asked for another frame");
	cr_assert_eq(ends_of(&whole), 1, "a reel has said that it has run through, and is asked for another frame");
}

Test(reel, waits_for_the_frame_under_way, .timeout = 60)
{
	static struct reel reel = {.frames = 3, .held = 0};
	pthread_t waiter;

	set_up();
	reel.scan = scan_start(next_frame, &reel);
	bool begins = becomes_true(&reel.under_way, LATE), too_late = becomes_true(&in_vain, 0);
	CHECK(pthread_create(&waiter, NULL, wait_for, &reel));
	schedule_await_blocked();
	bool early = becomes_true(&reel.returned, 0);
	set(&let_go);
	CHECK(pthread_join(waiter, NULL));
	int scanned = scanned_of(&reel);
	cr_assert(begins, "no frame is scanned");
	cr_assert_not(reel.asked_tester, "scan_start() scans a frame itself");
	cr_assert_not(too_late, "scan_start() waits for a frame");
	cr_assert_not(early, "scan_wait() has returned, and a frame was under way");
	cr_assert_eq(scanned, 3, "scan_wait() has ended the scan: of 3 frames %d were scanned", scanned);
	cr_assert_eq(reel.counted, 3, "3 frames were scanned, and %d were counted", reel.counted);
}

/* The quick one is started among many slow ones: neither those before it count for it, nor those after. */
static struct reel slow[CROWD], quick = {.frames = 1, .held = NOWHERE};
static bool all_started; /* guarded by lock */

static void *start_all(void *unused)
{
	tester = pthread_self();
	for (int i = 0; i < CROWD; i++) {
		slow[i] = (struct reel){.frames = 2, .held = 1};
		if (i == CROWD / 2)
			quick.scan = scan_start(next_frame, &quick);
		slow[i].scan = scan_start(next_frame, &slow[i]);
	}
	set(&all_started);
	return unused;
}

/* But for the first, which another caller waits for. */
static void *wait_for_the_others(void *unused)
{
	for (int i = 1; i < CROWD; i++)
		wait_for(&slow[i]);
	return unused;
}

Test(reel, waits_for_no_other, .timeout = 60)
{
	pthread_t starter, patient, waiter, last;
	int scanned = 0, counted = 0;

	set_up();
	CHECK(pthread_create(&starter, NULL, start_all, NULL));
	cr_assert(becomes_true(&all_started, LATE), "scan_start() waits for another scan, or for who waits for that");
	CHECK(pthread_join(starter, NULL));
	schedule_await_blocked();
	bool begin = true, end = true, too_late = becomes_true(&in_vain, 0);
	for (int i = 0; i < CROWD; i++)
		begin = becomes_true(&slow[i].under_way, 0) && begin;
	CHECK(pthread_create(&patient, NULL, wait_for, &slow[0]));
	schedule_await_blocked();
	CHECK(pthread_create(&waiter, NULL, wait_for, &quick));
	bool returns = becomes_true(&quick.returned, LATE);
	set(&let_go);
	schedule_await_blocked(); /* in time they have all come to their end, so that who has not waited for one reads after it */
	CHECK(pthread_create(&last, NULL, wait_for_the_others, NULL));
	for (int i = 0; i < CROWD && end; i++)
		end = becomes_true(&slow[i].returned, LATE);
	cr_assert(end, "a scan has come to its end, and scan_wait() waits on");
	CHECK(pthread_join(waiter, NULL));
	CHECK(pthread_join(patient, NULL));
	CHECK(pthread_join(last, NULL));
	for (int i = 0; i < CROWD; i++) {
		scanned += scanned_of(&slow[i]);
		counted += slow[i].counted;
	}
	cr_assert_not(too_late, "scan_start() waits for a frame");
	cr_assert(begin, "a scan does not begin before another one has ended");
	cr_assert(returns, "scan_wait() waits for another scan, or for the caller that waits for that one");
	cr_assert_eq(scanned, 2 * CROWD, "%d frames were there, and %d were scanned", 2 * CROWD, scanned);
	cr_assert_eq(counted, 2 * CROWD, "%d frames were scanned, and %d were counted", 2 * CROWD, counted);
}
