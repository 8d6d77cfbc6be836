/*
 * What exam.h promises, seen from the desk and from those who mark. The desk
 * counts without a lock what it hands in, and who has been told that there are
 * no more papers reads that, as the header allows. If somebody is told so too
 * early, that is a data race.
 */
#include "exam.h"

#include <criterion/criterion.h>
#include <limits.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum { LATE = 8000 /* ms: when a test stops waiting for one who does not come home; no right design is near it */ };
enum {
	WAS_SENT = SCHEDULE_POINTS - 1,
	MOST_LOCKS = 4,
	LOOKED = WAS_SENT - MOST_LOCKS
}; /* what is tested may use the others */
enum { PAPERS = 3, ALL = EXAM_ROOM + PAPERS, CROWD = 100, UNTOUCHED = 1000 };

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
	/* all below guarded by lock */
	bool home;
	bool sent; /* home, and marker_stop() has returned */
	int got;   /* papers so far */
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

static void worker_begin(struct worker *worker, void *(*work)(void *worker))
{
	*worker = (struct worker){.marker = marker_new(desk.exam)};
	CHECK(pthread_mutex_init(&worker->lock, NULL));
	deadline_cond_init(&worker->changed);
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

static void *send_home(void *arg)
{
	struct worker *worker = arg;

	marker_stop(worker->marker);
	CHECK(pthread_mutex_lock(&worker->lock));
	worker->sent = true;
	CHECK(pthread_mutex_unlock(&worker->lock));
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

/* Papers come, and she is sent home. */
struct errand {
	struct worker *worker;
	int paper, papers;
};

static void *run_errand(void *arg)
{
	struct errand *errand = arg;

	for (int i = 0; i < errand->papers; i++)
		desk_hand_in(errand->paper + i);
	marker_stop(errand->worker->marker);
	return NULL;
}

/*
 * All that before she who waits has looked up. It has a thread of its own, since a C library may let who wakes others wait
 * until those who were woken before have looked up.
 */
static void send_home_slowly(struct worker *worker, int paper, int papers)
{
	struct errand errand = {worker, paper, papers};
	pthread_t office;

	schedule_hold(worker->thread);
	CHECK(pthread_create(&office, NULL, run_errand, &errand));
	schedule_await_blocked();
	schedule_let_go();
	CHECK(pthread_join(office, NULL));
	schedule_await_blocked();
}

static struct worker anna, ben, carl;

Test(exam, sends_home_who_waits, .timeout = 60)
{
	int papers[PAPERS] = {0}, marked = 0;

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
		send_home_slowly(&anna, 0, 1);
	int got = got_by(&anna) + got_by(&ben);
	stay = stay && !is_home(&ben);
	if (stay)
		send_home_slowly(&ben, 1, PAPERS - 1);
	home = comes_home(&anna) && comes_home(&ben) && home;
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
	cr_assert_eq(got, 1, "a paper comes, one of two who wait is sent home, and the other does not get it");
	cr_assert_eq(marked, PAPERS, "%d papers were handed in, and %d handed out", PAPERS, marked);
	for (int i = 0; i < PAPERS; i++)
		cr_assert_eq(papers[i], number_of(i), "paper %d was handed out in place of %d", papers[i],
			     number_of(i));
}

/*
 * Carl is the last of three who wait, so that a wake-up for one of them would not be for him. Before and after them came
 * markers who do not ask: a wake-up for one of those is for nobody.
 */
Test(exam, lets_the_others_go_on, .timeout = 60)
{
	int paper = UNTOUCHED, times[PAPERS] = {0};
	struct worker *all[] = {&anna, &ben, &carl};

	schedule_wake_in_vain();
	desk.exam = exam_new();
	struct marker *early = marker_new(desk.exam);
	for (int i = 0; i < 3; i++) {
		worker_start(all[i]);
		schedule_await_blocked();
	}
	struct marker *late = marker_new(desk.exam);
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

static int looks_twice; /* before this lock of the first who asks the other one asks; written while there is none */

static void *ask_first(void *worker)
{
	/* At the latest that is when she has her paper and takes a lock of her own. */
	schedule_reached_before_lock(looks_twice, LOOKED + looks_twice - 1);
	return work(worker);
}

static void *ask_second(void *worker)
{
	schedule_await(LOOKED + looks_twice - 1);
	return work(worker);
}

/* There is one paper, and two ask for it: the second when the first may have looked, and has nothing yet. The other waits. */
static bool hands_a_paper_to_one(void)
{
	bool right = true;

	for (looks_twice = 2; looks_twice <= MOST_LOCKS; looks_twice++) {
		desk.exam = exam_new();
		right = exam_hand_in(desk.exam, looks_twice) && right;
		worker_begin(&ben, ask_second);
		worker_begin(&anna, ask_first);
		schedule_await_blocked();
		right = right && got_by(&anna) + got_by(&ben) == 1 && !is_home(&anna) && !is_home(&ben);
		exam_end(desk.exam);
		worker_end(&anna);
		worker_end(&ben);
		exam_free(desk.exam);
	}
	return right;
}

Test(exam, leaves_the_papers, .timeout = 60)
{
	bool once = hands_a_paper_to_one();
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
	marker_free(bill);
	come_and_go(desk.exam);
	desk_hand_in(1);
	cr_assert_eq(desk.refused, 0, "nobody is there to mark, and the desk cannot hand in");
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
