/*
 * What audit.h promises, seen from outside. The sink and the tests share the
 * archive without a lock, on purpose: audit_stop() promises that the sink is at
 * rest when it returns. If the log breaks that promise, it is a data race.
 */
#include "audit.h"

#include <criterion/criterion.h>
#include <pthread.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum { PART = 3, MANY = 2 * AUDIT_BATCH + 5 };
enum { MOST = AUDIT_BATCH + AUDIT_ROOM }; /* entries: in a sink that is busy, and waiting */
enum { LATE = 8000 };			  /* ms; a wait that is in vain ends then, and no right log is near it */
enum { STOPPED = SCHEDULE_POINTS - 1 };	  /* what is tested may use the others */

/* True in a thread that is inside audit_record(). */
static _Thread_local bool recording;

struct archive {
	int count;	   /* entries delivered */
	bool out_of_order; /* they were not 1, 2, 3, ... */
	bool too_many;	   /* a call brought more than a batch */
	bool none;	   /* a call brought nothing */
	bool by_recorder;  /* audit_record() called the sink itself */
};

/* Adds `count` entries to the archive, and returns what it is then. Without entries it only looks. Only here is it touched. */
static struct archive archive_add(const int *entries, size_t count)
{
	static struct archive archive;

	archive.none |= entries && count == 0;
	archive.too_many |= count > AUDIT_BATCH;
	archive.by_recorder |= recording;
	for (size_t i = 0; i < count; i++)
		archive.out_of_order |= entries[i] != ++archive.count;
	return archive;
}

static void sink(const int *entries, size_t count)
{
	archive_add(entries, count);
}

/* Records the entries 1 to `count`, stops the log, and returns what is in the archive at that moment. */
static struct archive archive_of(int count)
{
	schedule_wake_in_vain();
	audit_start(sink);
	for (int entry = 1; entry <= count; entry++) {
		recording = true;
		cr_assert(audit_record(entry), "entry %d was refused, and there is room", entry);
		recording = false;
	}
	if (count < AUDIT_BATCH)
		schedule_await_blocked(); /* the shipper waits for more; in the other test it may be anywhere */
	audit_stop();
	return archive_add(NULL, 0);
}

Test(audit, delivers_a_part_of_a_batch, .timeout = 60)
{
	int delivered = archive_of(PART).count;

	cr_assert_eq(delivered, PART, "audit_stop() has returned; accepted %d, delivered %d", PART, delivered);
}

Test(audit, delivers_all_in_order, .timeout = 60)
{
	struct archive archive = archive_of(MANY);

	cr_assert_eq(archive.count, MANY, "audit_stop() has returned; accepted %d, delivered %d", MANY, archive.count);
	cr_assert_not(archive.out_of_order, "the entries were not delivered once each, in order");
	cr_assert_not(archive.too_many, "the sink got more than AUDIT_BATCH entries in one call");
	cr_assert_not(archive.none, "the sink was called with no entry");
}

/* Comes after the stop in time; that it sees the stop, the log itself must see to. */
static void *record_late(void *accepted)
{
	schedule_await(STOPPED);
	*(bool *)accepted = audit_record(2);
	return NULL;
}

Test(audit, refuses_after_stop, .timeout = 60)
{
	static bool accepted;
	pthread_t late;

	audit_start(sink);
	CHECK(pthread_create(&late, NULL, record_late, &accepted));
	cr_assert(audit_record(1), "entry 1 was refused, and there is room");
	audit_stop();
	schedule_reached(STOPPED);
	CHECK(pthread_join(late, NULL));
	cr_assert_not(accepted, "an entry was accepted that nobody will deliver");
}

/* A sink that is busy with its first call until the test has recorded all it wants to. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t first;  /* so many entries its first call has brought; guarded by lock */
	bool recorded; /* guarded by lock */
	bool in_vain;  /* it has waited for that until LATE; guarded by lock */
	int inside;    /* calls that have not returned; guarded by lock */
	bool twice;    /* there were two at a time; guarded by lock */
} busy = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void busy_sink(const int *entries, size_t count)
{
	struct timespec end = deadline_in(LATE);

	CHECK(pthread_mutex_lock(&busy.lock));
	busy.twice |= busy.inside++ > 0;
	if (busy.first == 0 && !recording) {
		busy.first = count;
		CHECK(pthread_cond_broadcast(&busy.changed));
		while (!busy.recorded && deadline_cond_wait(&busy.changed, &busy.lock, &end))
			;
		busy.in_vain = !busy.recorded;
	}
	CHECK(pthread_mutex_unlock(&busy.lock));
	archive_add(entries, count);
	CHECK(pthread_mutex_lock(&busy.lock));
	busy.inside--;
	CHECK(pthread_mutex_unlock(&busy.lock));
}

/* The sink is busy no more. */
static void let_it_deliver(void)
{
	CHECK(pthread_mutex_lock(&busy.lock));
	busy.recorded = true;
	CHECK(pthread_cond_broadcast(&busy.changed));
	CHECK(pthread_mutex_unlock(&busy.lock));
}

static bool was_called_twice(void)
{
	CHECK(pthread_mutex_lock(&busy.lock));
	bool twice = busy.twice;
	CHECK(pthread_mutex_unlock(&busy.lock));
	return twice;
}

static void *stop_log(void *arg)
{
	audit_stop();
	return arg;
}

/* Records the entry after these if it is accepted, and returns how many there are now. */
static int record_after(int accepted)
{
	recording = true;
	accepted += audit_record(accepted + 1);
	recording = false;
	return accepted;
}

/* Waits until the sink is busy. */
static void await_busy(void)
{
	struct timespec end = deadline_in(LATE);

	CHECK(pthread_mutex_lock(&busy.lock));
	while (busy.first == 0 && deadline_cond_wait(&busy.changed, &busy.lock, &end))
		;
	CHECK(pthread_mutex_unlock(&busy.lock));
}

Test(audit, records_without_delivering, .timeout = 60)
{
	int accepted = 0, before = -1;
	pthread_t stopper;

	deadline_cond_init(&busy.changed);
	audit_start(busy_sink);
	while (accepted < AUDIT_BATCH - 1 && before < accepted)
		accepted = record_after(before = accepted);
	schedule_await_blocked(); /* a shipper that does not wait for a full batch has come as far as the sink */
	accepted = record_after(accepted);
	await_busy();
	for (before = -1; before < accepted && accepted <= MOST;)
		accepted = record_after(before = accepted);
	CHECK(pthread_mutex_lock(&busy.lock));
	size_t first = busy.first;
	bool in_vain = busy.in_vain;
	CHECK(pthread_mutex_unlock(&busy.lock));
	/* It is stopped while the sink is busy, and has more to deliver. */
	CHECK(pthread_create(&stopper, NULL, stop_log, NULL));
	schedule_await_blocked();
	let_it_deliver();
	CHECK(pthread_join(stopper, NULL));
	struct archive archive = archive_add(NULL, 0);

	cr_assert_not(archive.by_recorder, "audit_record() has called the sink; a request waits for the archive");
	cr_assert_not(was_called_twice(), "the sink was called by two threads at a time");
	cr_assert_not(in_vain, "audit_record() has not returned while the sink was busy");
	cr_assert_eq(first, AUDIT_BATCH, "%d entries were recorded; the sink was called with %zu", AUDIT_BATCH, first);
	cr_assert_leq(accepted, MOST, "entry %d was accepted, and there is no room", accepted);
	/* What is in the sink may count as waiting, or not. */
	cr_assert(accepted == AUDIT_ROOM || accepted == MOST, "entry %d was refused, and there is room", accepted + 1);
	cr_assert_not(archive.out_of_order, "the entries were not delivered in order");
	cr_assert_not(archive.too_many, "the sink got more than AUDIT_BATCH entries in one call");
	cr_assert_not(archive.none, "the sink was called with no entry");
}

/* --- another thread has its turn before each lock that is taken --- */

enum turn { RECORDS, FILLS_AT_THE_SECOND, STOPS_AT_THE_SECOND, IS_OVER };

static struct {
	pthread_mutex_t lock;
	enum turn turn; /* guarded by lock, as all below */
	int turns;	/* since then */
	int accepted;	/* of its entries */
} other = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void set_turn(enum turn turn)
{
	CHECK(pthread_mutex_lock(&other.lock));
	other.turn = turn;
	other.turns = 0;
	CHECK(pthread_mutex_unlock(&other.lock));
}

/* How many of the other thread's entries were accepted, `more` more now. */
static int others(int more)
{
	CHECK(pthread_mutex_lock(&other.lock));
	int accepted = other.accepted += more;
	CHECK(pthread_mutex_unlock(&other.lock));
	return accepted;
}

static void *take_turns(void *arg)
{
	for (;;) {
		schedule_await_turn();
		CHECK(pthread_mutex_lock(&other.lock));
		enum turn turn = other.turn;
		bool is_second = ++other.turns == 2;
		CHECK(pthread_mutex_unlock(&other.lock));
		if (turn == IS_OVER)
			return arg;
		if (turn == RECORDS)
			others(audit_record(0));
		if (turn == FILLS_AT_THE_SECOND && is_second)
			while (audit_record(0) && others(1) <= MOST)
				;
		if (turn == STOPS_AT_THE_SECOND && is_second)
			audit_stop();
	}
}

/* Records two entries. Before the second lock that this takes the other thread has its turn: it may be one of the first. */
static int record_two(enum turn turn)
{
	set_turn(turn);
	schedule_give_turns(true);
	int accepted = audit_record(0);
	accepted += audit_record(0);
	schedule_give_turns(false);
	return accepted;
}

static void end_turns(pthread_t thread)
{
	schedule_give_turns(false);
	set_turn(IS_OVER);
	schedule_give_turn();
	CHECK(pthread_join(thread, NULL));
}

/*
 * An entry is accepted in one step. What was found out about it under one lock is no longer true under the next: the last
 * place was taken, or the log stopped.
 */
Test(audit, accepts_in_one_step, .timeout = 60)
{
	pthread_t taker;
	int accepted = 0;

	deadline_cond_init(&busy.changed);
	audit_start(busy_sink);
	while (accepted < AUDIT_BATCH)
		accepted += audit_record(0);
	await_busy();
	CHECK(pthread_create(&taker, NULL, take_turns, NULL));
	accepted += record_two(FILLS_AT_THE_SECOND);
	int full = accepted + others(0);
	CHECK(pthread_mutex_lock(&busy.lock));
	bool in_vain = busy.in_vain;
	CHECK(pthread_mutex_unlock(&busy.lock));
	let_it_deliver();
	schedule_await_blocked(); /* all that make a full batch have been delivered, and there is room */
	accepted += record_two(STOPS_AT_THE_SECOND);
	end_turns(taker);
	accepted += others(0);
	int delivered = archive_add(NULL, 0).count;

	cr_assert_not(in_vain, "audit_record() has not returned while the sink was busy");
	cr_assert_leq(full, MOST, "two threads have recorded at once, and entry %d was accepted without room", full);
	cr_assert_eq(delivered, accepted, "audit_stop() has returned; accepted %d, delivered %d", accepted, delivered);
}

/* And the stop is one step: who records between two of it would be accepted and forgotten. */
Test(audit, stops_in_one_step, .timeout = 60)
{
	pthread_t taker;

	audit_start(sink);
	CHECK(pthread_create(&taker, NULL, take_turns, NULL));
	schedule_give_turns(true);
	audit_stop();
	end_turns(taker);
	int accepted = others(0), delivered = archive_add(NULL, 0).count;

	cr_assert_eq(delivered, accepted, "audit_stop() has returned; accepted %d, delivered %d", accepted, delivered);
}
