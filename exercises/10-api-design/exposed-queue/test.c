/*
 * What exam.h promises, seen from the desk and from those who mark. The desk
 * counts without a lock what it hands in, and who has been told that there are
 * no more papers reads that, as the header allows. If somebody is told so too
 * early, that is a data race.
 */
#include "exam.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <string.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum { LATE = 8000 /* ms: when a test stops waiting for one who does not come home; no right design is near it */ };
/* What happens between two locks of one who asks. */
enum event { ANOTHER_ASKS, A_PAPER_COMES, SHE_IS_SENT_HOME, THE_EXAM_ENDS, EVENTS };
enum {
	WAS_SENT = SCHEDULE_POINTS - 1,
	HAVE_COME = WAS_SENT - 1,
	HAS_MARKED = HAVE_COME - 1,
	MOST_LOCKS = 4,
	LOOKED = HAS_MARKED - EVENTS * (MOST_LOCKS - 1)
}; /* what is tested may use those below */
enum { PAPERS = 3, ALL = EXAM_ROOM + PAPERS, MANY = 3000, CROWD = 100, CROWDS = 3, UNTOUCHED = 1000 };

static struct {
	struct exam *exam;
	int handed_in; /* of the desk until exam_end(), then of the marker that was told that there are no more */
	int refused;   /* of the desk */
} desk;

/* A marker at work, in a thread. Each has a lock of its own: nothing here orders one of them with the other. */
struct worker {
	struct marker *marker;
	pthread_t thread;
	/* of the thread until it is joined */
	int papers[PAPERS], marked;
	bool is_slow; /* and marks her first paper until HAS_MARKED */
	bool stored;  /* a paper, where there was none */
	enum next last;
	int told; /* how many papers there were in all, as the desk has it */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	bool home;
	bool sent; /* home, and marker_stop() has returned */
	int got;   /* papers so far */
};

static void *work(void *arg)
{
	struct worker *worker = arg;
	int paper = UNTOUCHED;

	while ((worker->last = marker_next(worker->marker, &paper)) == NEXT_PAPER) {
		REQUIRE(worker->marked < PAPERS);
		worker->papers[worker->marked++] = paper;
		CHECK(pthread_mutex_lock(&worker->lock));
		worker->got++;
		CHECK(pthread_mutex_unlock(&worker->lock));
		if (worker->is_slow && worker->marked == 1)
			schedule_await(HAS_MARKED);
		paper = UNTOUCHED;
	}
	worker->stored = paper != UNTOUCHED;
	if (worker->last == NEXT_NO_MORE)
		worker->told = desk.handed_in;
	CHECK(pthread_mutex_lock(&worker->lock));
	worker->home = true;
	CHECK(pthread_cond_signal(&worker->changed));
	CHECK(pthread_mutex_unlock(&worker->lock));
	return NULL;
}

static void worker_hire(struct worker *worker)
{
	*worker = (struct worker){.marker = marker_new(desk.exam)};
	CHECK(pthread_mutex_init(&worker->lock, NULL));
	deadline_cond_init(&worker->changed);
}

static void worker_begin(struct worker *worker, void *(*work)(void *worker))
{
	worker_hire(worker);
	CHECK(pthread_create(&worker->thread, NULL, work, worker));
}

static void worker_start(struct worker *worker)
{
	worker_begin(worker, work);
}

/* As slow as a thread can be that was woken: it has looked only when marker_stop() has returned, or waits for it. */
static void *work_slowly(void *worker)
{
	schedule_wake_late(WAS_SENT);
	return work(worker);
}

static bool comes_home(struct worker *worker)
{
	struct timespec end = deadline_in(LATE);

	CHECK(pthread_mutex_lock(&worker->lock));
	while (!worker->home && deadline_cond_wait(&worker->changed, &worker->lock, &end))
		;
	bool home = worker->home;
	CHECK(pthread_mutex_unlock(&worker->lock));
	return home;
}

static bool is_home(struct worker *worker)
{
	CHECK(pthread_mutex_lock(&worker->lock));
	bool home = worker->home;
	CHECK(pthread_mutex_unlock(&worker->lock));
	return home;
}

static int got_by(struct worker *worker)
{
	CHECK(pthread_mutex_lock(&worker->lock));
	int got = worker->got;
	CHECK(pthread_mutex_unlock(&worker->lock));
	return got;
}

static void worker_end(struct worker *worker)
{
	CHECK(pthread_join(worker->thread, NULL));
	CHECK(pthread_cond_destroy(&worker->changed));
	CHECK(pthread_mutex_destroy(&worker->lock));
	marker_free(worker->marker);
}

/* The numbers are the desk's, and no other may be among them: whatever stands for "no paper" can be one. */
static int number_of(int paper)
{
	static const int numbers[] = {INT_MIN, -1, 0, INT_MAX};

	return paper < 4 ? numbers[paper] : paper;
}

static void desk_hand_in(int paper)
{
	desk.handed_in++;
	desk.refused += !exam_hand_in(desk.exam, number_of(paper));
}

static void note(struct worker *worker, bool *flag)
{
	CHECK(pthread_mutex_lock(&worker->lock));
	*flag = true;
	CHECK(pthread_mutex_unlock(&worker->lock));
}

static void *send_home(void *arg)
{
	struct worker *worker = arg;

	marker_stop(worker->marker);
	note(worker, &worker->sent);
	return NULL;
}

/* Whether marker_stop() returns before she has looked up. */
static bool is_sent_at_once(struct worker *worker)
{
	pthread_t office;

	CHECK(pthread_create(&office, NULL, send_home, worker));
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&worker->lock));
	bool sent = worker->sent;
	CHECK(pthread_mutex_unlock(&worker->lock));
	schedule_reached(WAS_SENT);
	CHECK(pthread_join(office, NULL));
	return sent;
}

/* What happens in this order: P a paper comes, S she is sent home, E the exam ends; A: then another one asks. */
struct errand {
	struct worker *worker;
	int paper;
	const char *steps;
};

static void *run_errand(void *arg)
{
	struct errand *errand = arg;

	for (const char *step = errand->steps; *step; step++)
		switch (*step) {
		case 'P':
			desk_hand_in(errand->paper++);
			break;
		case 'S':
			marker_stop(errand->worker->marker);
			break;
		case 'E':
			exam_end(desk.exam);
			break;
		}
	return NULL;
}

/*
 * All that before she who waits has looked up, and somebody may ask meanwhile. It has a thread of its own, since a C library
 * may let who wakes others wait until those who were woken before have looked up.
 */
static void run_before_she_looks(struct errand errand, struct worker *asks)
{
	pthread_t office;

	schedule_hold(errand.worker->thread);
	CHECK(pthread_create(&office, NULL, run_errand, &errand));
	schedule_await_blocked();
	if (asks) {
		worker_start(asks);
		schedule_await_blocked();
	}
	schedule_let_go();
	CHECK(pthread_join(office, NULL));
	schedule_await_blocked();
}

static struct worker anna, ben, carl;

/*
 * Anna waits, and all that comes before she has looked up; then Ben asks, or before that, and stays to the end. A marker
 * that was sent home before a paper came, or the end, is told that she is stopped. Nobody is told that there are no more
 * while there is one.
 */
static bool is_told_in_order(const char *steps)
{
	bool asks = strchr(steps, 'A');
	int paper, marked = 0, papers = 0;

	desk.exam = exam_new();
	struct marker *dora = marker_new(desk.exam);
	worker_start(&anna);
	schedule_await_blocked();
	run_before_she_looks((struct errand){.worker = &anna, .steps = steps}, asks ? &ben : NULL);
	if (!asks) {
		worker_start(&ben);
		schedule_await_blocked();
	}
	if (!strchr(steps, 'E'))
		exam_end(desk.exam);
	bool right = comes_home(&anna) && comes_home(&ben);
	worker_end(&anna);
	worker_end(&ben);
	while (marker_next(dora, &paper) == NEXT_PAPER)
		marked++;
	right = right && marked == 0;
	marker_free(dora);
	exam_free(desk.exam);
	for (const char *step = steps; *step; step++)
		papers += *step == 'P';
	right = right && anna.marked + ben.marked == papers && (steps[0] != 'S' || anna.marked == 0);
	right = right && !anna.stored && !ben.stored;
	return right && anna.last == NEXT_STOPPED && ben.last == NEXT_NO_MORE;
}

static enum event event; /* what happens before this lock of Anna's, when she asks; written while nobody does */
static int before_lock;

static int before_the_lock(void)
{
	return LOOKED + (int)event * (MOST_LOCKS - 1) + before_lock - 2;
}

static void *ask_first(void *worker)
{
	/* At the latest that is when she has her paper and takes a lock of her own. */
	schedule_reached_before_lock(before_lock, before_the_lock());
	return work(worker);
}

static void let_it_happen(void)
{
	switch (event) {
	case A_PAPER_COMES:
		REQUIRE(exam_hand_in(desk.exam, 0));
		break;
	case SHE_IS_SENT_HOME:
		marker_stop(anna.marker);
		break;
	default:
		exam_end(desk.exam);
		break;
	}
}

/* Of Ben's flags, `home` says that it has happened here, and `sent` that it has elsewhere. */
static void *come_between(void *arg)
{
	struct worker *self = arg;

	schedule_await(before_the_lock());
	if (event == ANOTHER_ASKS)
		return work(self);
	CHECK(pthread_mutex_lock(&self->lock));
	bool has_happened = self->sent;
	CHECK(pthread_mutex_unlock(&self->lock));
	if (!has_happened) {
		let_it_happen();
		note(self, &self->home);
	}
	return NULL;
}

/* Where she takes fewer locks and waits by now, between those of who brings it she looks in vain. */
static void come_while_she_waits(void)
{
	note(&ben, &ben.sent); /* before she takes another lock, and calls him */
	schedule_go_last();
	let_it_happen();
	schedule_reached_before_lock(0, 0);
	schedule_reached(before_the_lock());
}

/*
 * Anna asks, and it happens when she may have looked, and has nothing yet. For one paper that waits another one may ask,
 * and one of the two waits for the next. Where none waits, what comes is for her, and she does not sleep on.
 */
static bool hears_what_comes_between(void)
{
	bool other_asks = event == ANOTHER_ASKS, right = true;

	desk.exam = exam_new();
	if (other_asks)
		right = exam_hand_in(desk.exam, 0);
	worker_hire(&anna);
	worker_begin(&ben, come_between);
	CHECK(pthread_create(&anna.thread, NULL, ask_first, &anna));
	schedule_await_blocked();
	if (!other_asks && !is_home(&ben))
		come_while_she_waits();
	schedule_await_blocked();
	if (event <= A_PAPER_COMES)
		right = right && got_by(&anna) + got_by(&ben) == 1 && !is_home(&anna) &&
			(!other_asks || !is_home(&ben));
	else if (!comes_home(&anna))
		right = false;
	if (event == THE_EXAM_ENDS && !right)
		marker_stop(anna.marker);
	else if (event != THE_EXAM_ENDS)
		exam_end(desk.exam);
	worker_end(&ben); /* first: he may still be on his way out of her marker_stop() */
	worker_end(&anna);
	exam_free(desk.exam);
	return right && !anna.stored && anna.last == (event == SHE_IS_SENT_HOME ? NEXT_STOPPED : NEXT_NO_MORE);
}

static bool hears_each_between(enum event comes)
{
	bool right = true;

	event = comes;
	for (before_lock = 2; right && before_lock <= MOST_LOCKS; before_lock++)
		right = hears_what_comes_between();
	return right;
}

Test(exam, sends_home_who_waits, .timeout = 60)
{
	int papers[PAPERS] = {0}, marked = 0;
	bool between = hears_each_between(SHE_IS_SENT_HOME);
	bool before_a_paper = is_told_in_order("SSP"), before_the_end = is_told_in_order("SSE");
	bool returned = is_told_in_order("PSEA");

	desk.exam = exam_new();
	struct marker *dora = marker_new(desk.exam);
	worker_begin(&carl, work_slowly);
	schedule_await_blocked();
	bool at_once = is_sent_at_once(&carl);
	bool home = comes_home(&carl);
	/* A paper may be given to her who waits first; who is sent home does not keep it from who waits on, or comes. */
	worker_start(&anna);
	schedule_await_blocked();
	worker_start(&ben);
	schedule_await_blocked();
	bool stay = !is_home(&anna) && !is_home(&ben);
	if (stay)
		run_before_she_looks((struct errand){&anna, 0, "PS"}, NULL);
	home = comes_home(&anna) && home;
	int got = got_by(&anna) + got_by(&ben);
	stay = stay && !is_home(&ben);
	if (stay)
		run_before_she_looks((struct errand){&ben, 1, "PPS"}, NULL);
	home = comes_home(&ben) && home;
	exam_end(desk.exam);
	struct worker *all[] = {&carl, &anna, &ben};
	for (int i = 0; i < 3; i++) {
		worker_end(all[i]);
		for (int j = 0; j < all[i]->marked && marked < PAPERS; j++)
			papers[marked++] = all[i]->papers[j];
	}
	while (marked < PAPERS && marker_next(dora, &papers[marked]) == NEXT_PAPER)
		marked++;
	marker_free(dora);
	exam_free(desk.exam);
	cr_assert(home, "a marker waits for a paper, and does not hear that she is sent home");
	cr_assert(at_once, "marker_stop() waits for the marker to come home");
	cr_assert(stay, "a marker is sent home, and another one goes too");
	for (int i = 0; i < 3; i++)
		cr_assert_eq(all[i]->last, NEXT_STOPPED, "a marker is sent home, and is told something else");
	cr_assert_eq(desk.refused, 0, "a marker has been sent home, and the desk cannot hand in any more");
	for (int i = 0; i < 3; i++)
		cr_assert_not(all[i]->stored, "there was no paper, and one was stored");
	cr_assert_eq(got, 1, "a paper comes, one of two who wait is sent home, and the other does not get it");
	cr_assert_eq(marked, PAPERS, "%d papers were handed in, and %d handed out", PAPERS, marked);
	for (int i = 0; i < PAPERS; i++)
		cr_assert_eq(papers[i], number_of(i), "paper %d was handed out in place of %d", papers[i],
			     number_of(i));
	cr_assert(between, "a marker looks, and before she waits she is sent home, and she sleeps on");
	cr_assert(before_a_paper,
		  "who waits is sent home, twice, and then a paper comes: it is not for her, but for who asks");
	cr_assert(before_the_end, "who waits is sent home, and then the exam ends: she is told that she is stopped");
	cr_assert(returned,
		  "a paper comes, who waited is sent home, the exam ends: no paper is lost, or comes after the last");
}

static void *mark_slowly(void *arg)
{
	struct worker *worker = arg;

	worker->is_slow = true;
	schedule_wake_late(HAVE_COME);
	return work(worker);
}

/* Two wait, and two papers come before either has looked up. Each marks hers for long: the other one's is not for her. */
static bool serves_both(void)
{
	desk.exam = exam_new();
	worker_begin(&anna, mark_slowly);
	schedule_await_blocked();
	worker_begin(&ben, mark_slowly);
	schedule_await_blocked();
	bool taken = exam_hand_in(desk.exam, 0) && exam_hand_in(desk.exam, 1);
	schedule_await_blocked();
	schedule_reached(HAVE_COME);
	schedule_await_blocked();
	bool right = taken && got_by(&anna) == 1 && got_by(&ben) == 1;
	schedule_reached(HAS_MARKED);
	schedule_await_blocked();
	exam_end(desk.exam);
	worker_end(&anna);
	worker_end(&ben);
	exam_free(desk.exam);
	return right;
}

/* In another exam a paper comes, and it ends: those who wait in this one hear nothing of it. */
static bool is_apart(struct worker *const *all)
{
	struct exam *other = exam_new();
	bool apart = exam_hand_in(other, PAPERS);

	exam_end(other);
	schedule_await_blocked();
	for (int i = 0; i < 3; i++)
		apart = apart && got_by(all[i]) == 0 && !is_home(all[i]);
	exam_free(other);
	return apart;
}

/*
 * Carl is the last of three who wait, so that a wake-up for one of them would not be for him. Before and after them came
 * markers who do not ask: a wake-up for one of those is for nobody.
 */
Test(exam, lets_the_others_go_on, .timeout = 60)
{
	int paper = UNTOUCHED, times[PAPERS] = {0};
	struct worker *all[] = {&anna, &ben, &carl};
	bool both = serves_both();

	schedule_wake_in_vain();
	desk.exam = exam_new();
	struct marker *early = marker_new(desk.exam);
	for (int i = 0; i < 3; i++) {
		worker_start(all[i]);
		schedule_await_blocked();
	}
	struct marker *late = marker_new(desk.exam);
	bool apart = is_apart(all);
	schedule_go_last(); /* who is woken before what it is for is there has looked in vain */
	marker_stop(carl.marker);
	bool carl_home = comes_home(&carl);
	schedule_await_blocked(); /* if another one was sent home too, that one is home by now */
	for (int i = 0; i < PAPERS; i++) {
		desk_hand_in(i);
		/* Both may have been woken for it, and one of them has it. Both wait again: the end is to be heard by both. */
		schedule_await_blocked();
	}
	int got = got_by(&anna) + got_by(&ben);
	exam_end(desk.exam);
	bool home = comes_home(&anna) && comes_home(&ben) && comes_home(&carl);
	cr_assert(home, "the exam has ended, and a marker still waits");
	enum next after = marker_next(carl.marker, &paper);
	for (int i = 0; i < 3; i++)
		worker_end(all[i]);
	marker_free(early);
	marker_free(late);
	exam_free(desk.exam);
	cr_assert(apart, "another exam has a paper and ends, and those who wait in this one hear of it");
	cr_assert(both, "two wait, two papers come, and while one is marked nobody gets the other");
	cr_assert_eq(got, PAPERS, "%d papers were handed in, and those who waited have got %d", PAPERS, got);
	cr_assert(carl_home, "a marker waits among others, and does not hear that he is sent home");
	cr_assert_eq(carl.last, NEXT_STOPPED, "a marker is sent home, and is told something else");
	for (int i = 0; i < anna.marked + ben.marked; i++)
		for (int j = 0; j < PAPERS; j++)
			times[j] += (i < anna.marked ? anna.papers[i] : ben.papers[i - anna.marked]) == number_of(j);
	cr_assert(anna.last == NEXT_NO_MORE && ben.last == NEXT_NO_MORE, "another one was sent home, too");
	cr_assert_eq(desk.refused, 0, "a marker has been sent home, and the desk cannot hand in any more");
	cr_assert(anna.told == PAPERS && ben.told == PAPERS, "there were to be no more papers, and there were");
	for (int i = 0; i < PAPERS; i++)
		cr_assert_eq(times[i], 1, "paper %d was handed out %d times", number_of(i), times[i]);
	cr_assert(after == NEXT_STOPPED && paper == UNTOUCHED, "who was sent home is not told so after the end");
}

/* Many come, and all but the first are sent home. Another exam ends before that, and leaves a paper. */
static void come_and_go(struct exam *exam)
{
	struct marker *crowd[CROWD];
	struct exam *other = exam_new();

	for (int i = 0; i < CROWD; i++)
		crowd[i] = marker_new(exam);
	REQUIRE(exam_hand_in(other, 0));
	exam_end(other);
	for (int i = 0; i < CROWD; i++) {
		if (i > 0)
			marker_stop(crowd[i]);
		marker_free(crowd[i]);
	}
	exam_free(other);
}

/* More than would fit, but never at a time. */
static int mark_many(struct exam *exam)
{
	struct marker *cora = marker_new(exam);
	int marked = 0, paper = 0;

	while (marked < MANY && exam_hand_in(exam, marked) && marker_next(cora, &paper) == NEXT_PAPER &&
	       paper == marked)
		marked++;
	marker_free(cora);
	return marked;
}

Test(exam, leaves_the_papers, .timeout = 60)
{
	bool once = hears_each_between(ANOTHER_ASKS), comes = hears_each_between(A_PAPER_COMES);
	bool ends = hears_each_between(THE_EXAM_ENDS);
	int paper = UNTOUCHED, papers[ALL] = {0}, marked = 0;

	desk.exam = exam_new();
	struct marker *bill = marker_new(desk.exam);
	desk_hand_in(0);
	marker_stop(bill);
	marker_stop(bill);
	enum next stopped = marker_next(bill, &paper), again = marker_next(bill, &paper);
	cr_assert(stopped == NEXT_STOPPED && again == NEXT_STOPPED, "who was sent home asks twice, and is not told so");
	cr_assert_eq(paper, UNTOUCHED, "there was no paper, and one was stored");
	cr_assert(once, "one paper waits, two markers ask, and the one who does not get it does not wait for the next");
	cr_assert(comes && ends, "a marker looks, and before she waits %s, and she sleeps on",
		  comes ? "the exam ends" : "a paper comes");
	marker_free(bill);
	for (int i = 0; i < CROWDS; i++)
		come_and_go(desk.exam);
	desk_hand_in(1);
	cr_assert_eq(desk.refused, 0, "nobody is there to mark, and the desk cannot hand in");
	struct exam *long_one = exam_new();
	int many = mark_many(long_one);
	exam_free(long_one);
	cr_assert_eq(many, MANY, "%d papers come and are marked, one after the other; only %d were", MANY, many);
	struct marker *dora = marker_new(desk.exam);
	for (int i = 2; i < EXAM_ROOM; i++)
		desk_hand_in(i);
	while (marked < PAPERS && marker_next(dora, &papers[marked]) == NEXT_PAPER)
		marked++;
	cr_assert_eq(marked, PAPERS, "%d papers wait, and a marker who comes gets %d", EXAM_ROOM, marked);
	for (int i = EXAM_ROOM; i < ALL; i++)
		desk_hand_in(i);
	exam_end(desk.exam);
	bool late = exam_hand_in(desk.exam, ALL);
	struct marker *ella = marker_new(desk.exam);
	marked += marker_next(ella, &papers[marked]) == NEXT_PAPER;
	while (marked < ALL && marker_next(dora, &papers[marked]) == NEXT_PAPER)
		marked++;
	enum next last = marker_next(dora, &paper), once_more = marker_next(dora, &paper),
		  hers = marker_next(ella, &paper);
	marker_stop(dora);
	stopped = marker_next(dora, &paper);
	marker_free(ella);
	marker_free(dora);
	exam_free(desk.exam);
	cr_assert_eq(paper, UNTOUCHED, "there was no paper, and one was stored");
	cr_assert_eq(desk.refused, 0, "the exam goes on, and the desk cannot hand in");
	cr_assert_not(late, "the exam has ended, and a paper was taken");
	cr_assert_eq(marked, ALL, "%d papers were handed in, and %d handed out", ALL, marked);
	for (int i = 0; i < ALL; i++)
		cr_assert_eq(papers[i], number_of(i), "paper %d was handed out in place of %d", papers[i],
			     number_of(i));
	cr_assert(last == NEXT_NO_MORE && once_more == NEXT_NO_MORE && hers == NEXT_NO_MORE,
		  "all papers have been handed out, and who asks is not told that there are no more");
	cr_assert_eq(stopped, NEXT_STOPPED, "who is sent home after the end of the exam is not told so");
}
