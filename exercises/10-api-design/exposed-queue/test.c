/*
 * What exam.h promises, seen from the desk and from those who mark. The desk
 * counts without a lock what it hands in, and who has been told that there are
 * no more papers reads that, as the header allows. If somebody is told so too
 * early, that is a data race.
 */
#include "exam.h"

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum { LATE = 8000 /* ms: when a test stops waiting for one who does not come home; no right design is near it */ };
enum { PAPERS = 3, ALL = EXAM_ROOM + PAPERS, CROWD = 100, UNTOUCHED = -1 };

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
	enum next last;
	int told; /* how many papers there were in all, as the desk has it */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool home; /* guarded by lock */
	int got;   /* papers so far; guarded by lock */
};

static void *work(void *arg)
{
	struct worker *worker = arg;
	int paper;

	while ((worker->last = marker_next(worker->marker, &paper)) == NEXT_PAPER) {
		REQUIRE(worker->marked < PAPERS);
		worker->papers[worker->marked++] = paper;
		CHECK(pthread_mutex_lock(&worker->lock));
		worker->got++;
		CHECK(pthread_mutex_unlock(&worker->lock));
	}
	if (worker->last == NEXT_NO_MORE)
		worker->told = desk.handed_in;
	CHECK(pthread_mutex_lock(&worker->lock));
	worker->home = true;
	CHECK(pthread_cond_signal(&worker->changed));
	CHECK(pthread_mutex_unlock(&worker->lock));
	return NULL;
}

static void worker_start(struct worker *worker)
{
	*worker = (struct worker){.marker = marker_new(desk.exam)};
	CHECK(pthread_mutex_init(&worker->lock, NULL));
	deadline_cond_init(&worker->changed);
	CHECK(pthread_create(&worker->thread, NULL, work, worker));
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
	marker_free(worker->marker);
}

static void desk_hand_in(int paper)
{
	desk.handed_in++;
	desk.refused += !exam_hand_in(desk.exam, paper);
}

static struct worker anna, ben, carl;

Test(exam, sends_home_who_waits, .timeout = 60)
{
	int papers[PAPERS] = {0}, marked = 0;

	desk.exam = exam_new();
	struct marker *carl = marker_new(desk.exam);
	worker_start(&anna);
	schedule_await_blocked();
	marker_stop(anna.marker);
	bool home = comes_home(&anna);
	for (int i = 0; i < PAPERS; i++)
		desk_hand_in(i);
	exam_end(desk.exam);
	worker_end(&anna);
	while (marked < PAPERS && marker_next(carl, &papers[marked]) == NEXT_PAPER)
		marked++;
	marker_free(carl);
	exam_free(desk.exam);
	cr_assert(home, "a marker waits for a paper, and does not hear that she is sent home");
	cr_assert_eq(anna.last, NEXT_STOPPED, "a marker is sent home, and is told something else");
	cr_assert_eq(desk.refused, 0, "a marker has been sent home, and the desk cannot hand in any more");
	cr_assert_eq(marked, PAPERS, "%d papers were handed in, and %d handed out", PAPERS, marked);
	for (int i = 0; i < PAPERS; i++)
		cr_assert_eq(papers[i], i, "paper %d was handed out in place of %d", papers[i], i);
}

/* Carl is the last of three who wait, so that a wake-up for one of them would not be for him. */
Test(exam, lets_the_others_go_on, .timeout = 60)
{
	int paper = UNTOUCHED, times[PAPERS] = {0};
	struct worker *all[] = {&anna, &ben, &carl};

	schedule_wake_in_vain();
	desk.exam = exam_new();
	for (int i = 0; i < 3; i++) {
		worker_start(all[i]);
		schedule_await_blocked();
	}
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
	exam_free(desk.exam);
	cr_assert_eq(got, PAPERS, "%d papers were handed in, and those who waited have got %d", PAPERS, got);
	cr_assert(carl_home, "a marker waits among others, and does not hear that he is sent home");
	cr_assert_eq(carl.last, NEXT_STOPPED, "a marker is sent home, and is told something else");
	for (int i = 0; i < anna.marked + ben.marked; i++)
		times[i < anna.marked ? anna.papers[i] : ben.papers[i - anna.marked]]++;
	cr_assert(anna.last == NEXT_NO_MORE && ben.last == NEXT_NO_MORE, "another one was sent home, too");
	cr_assert_eq(desk.refused, 0, "a marker has been sent home, and the desk cannot hand in any more");
	cr_assert(anna.told == PAPERS && ben.told == PAPERS, "there were to be no more papers, and there were");
	for (int i = 0; i < PAPERS; i++)
		cr_assert_eq(times[i], 1, "paper %d was handed out %d times", i, times[i]);
	cr_assert(after == NEXT_STOPPED && paper == UNTOUCHED, "who was sent home is not told so after the end");
}

/* Many come, and half of them are sent home. Another exam ends before that, and leaves a paper. */
static void come_and_go(struct exam *exam)
{
	struct marker *crowd[CROWD];
	struct exam *other = exam_new();

	for (int i = 0; i < CROWD; i++)
		crowd[i] = marker_new(exam);
	REQUIRE(exam_hand_in(other, 0));
	exam_end(other);
	for (int i = 0; i < CROWD; i++) {
		if (i % 2)
			marker_stop(crowd[i]);
		marker_free(crowd[i]);
	}
	exam_free(other);
}

Test(exam, leaves_the_papers, .timeout = 60)
{
	int paper = UNTOUCHED, papers[ALL] = {0}, marked = 0;

	desk.exam = exam_new();
	struct marker *bill = marker_new(desk.exam);
	desk_hand_in(0);
	marker_stop(bill);
	marker_stop(bill);
	enum next stopped = marker_next(bill, &paper), again = marker_next(bill, &paper);
	cr_assert(stopped == NEXT_STOPPED && again == NEXT_STOPPED, "who was sent home asks twice, and is not told so");
	cr_assert_eq(paper, UNTOUCHED, "there was no paper, and one was stored");
	marker_free(bill);
	come_and_go(desk.exam);
	desk_hand_in(1);
	cr_assert_eq(desk.refused, 0, "nobody is there to mark, and the desk cannot hand in");
	struct marker *dora = marker_new(desk.exam);
	for (int i = 2; i < EXAM_ROOM; i++)
		desk_hand_in(i);
	while (marked < PAPERS && marker_next(dora, &papers[marked]) == NEXT_PAPER)
		marked++;
	for (int i = EXAM_ROOM; i < ALL; i++)
		desk_hand_in(i);
	exam_end(desk.exam);
	bool late = exam_hand_in(desk.exam, ALL);
	while (marked < ALL && marker_next(dora, &papers[marked]) == NEXT_PAPER)
		marked++;
	enum next last = marker_next(dora, &paper);
	marker_free(dora);
	exam_free(desk.exam);
	cr_assert_eq(paper, UNTOUCHED, "there was no paper, and one was stored");
	cr_assert_eq(desk.refused, 0, "the exam goes on, and the desk cannot hand in");
	cr_assert_not(late, "the exam has ended, and a paper was taken");
	cr_assert_eq(marked, ALL, "%d papers were handed in, and %d handed out", ALL, marked);
	for (int i = 0; i < ALL; i++)
		cr_assert_eq(papers[i], i, "paper %d was handed out in place of %d", papers[i], i);
	cr_assert_eq(last, NEXT_NO_MORE);
}
