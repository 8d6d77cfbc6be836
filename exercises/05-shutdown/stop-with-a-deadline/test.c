/*
 * What backup.h promises, seen from the volumes and from the caller. What copy() writes
 * into its volume is read without a lock when the volume is released, on purpose: by
 * then its thread has ended. And a released volume is freed at once, so that a thread
 * which still uses it is found out.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "backup.h"

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gate.h"
#include "kit/schedule.h"

/*
 * In ms. LATE is when a test stops waiting for what does not happen; no right backup is
 * near it. But one that gives up has waited for as long as it was told to.
 */
enum { PATIENCE = 1500, PAUSE = 1000, LATE = 8000, FOR_EVER = 86400000 };
enum { TWO_DAYS = 172800 /* s: more than any patience */ };
/* Volumes. STUCK * PATIENCE is more than LATE, and so is (SLOW - 1) * PAUSE + PATIENCE. */
enum { STUCK = 6, SLOW = 8, WILLING = BACKUP_VOLUMES - STUCK - SLOW };
enum { DISK_ANSWERS, OTHER_RETURNS, FIRST_CALL_OVER, NEVER }; /* for kit/schedule.h */

/* --- a clock that is set --- */

/* Of the thread that calls backup_stop(): when it has read the wall clock once, that is put forward by two days. */
static _Thread_local bool clock_will_be_set;

static time_t set_forward(void)
{
	bool before = clock_will_be_set;

	clock_will_be_set = false;
	return before ? TWO_DAYS : 0;
}

/* ThreadSanitizer's own, where it is there. */
int __interceptor_clock_gettime(clockid_t clock, struct timespec *now) __attribute__((weak));

static int (*real_clock_gettime)(clockid_t clock, struct timespec *now);

/* Before main(), or with the first call that a library makes earlier: there is one thread. */
__attribute__((constructor)) static void find_real(void)
{
	real_clock_gettime =
		__interceptor_clock_gettime ? (void *)__interceptor_clock_gettime : dlsym(RTLD_NEXT, "clock_gettime");
}

/* These stand in for the C library's. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
	if (!real_clock_gettime)
		find_real();
	int result = real_clock_gettime(clock, now);
	if (clock == CLOCK_REALTIME)
		now->tv_sec -= set_forward();
	return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	struct timespec time;

	(void)zone;
	int result = clock_gettime(CLOCK_REALTIME, &time);
	*now = (struct timeval){.tv_sec = time.tv_sec, .tv_usec = time.tv_nsec / 1000};
	return result;
}

time_t time(time_t *now)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	if (now)
		*now = time.tv_sec;
	return time.tv_sec;
}

static long passed(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000L + time.tv_nsec / 1000000;
}

/* --- the volumes --- */

static struct call {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct backup *backup;
	long patience;
	long began;	     /* of the test's thread */
	int in_time;	     /* slow ones that have returned while it waited; likewise */
	bool gives_turns;    /* before each lock that it takes */
	enum backup_end end; /* guarded by lock, as all below */
	bool late[BACKUP_VOLUMES];
	long waited; /* ms */
	bool returned;
} call = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* On the heap, where it is freed as soon as it is released. */
struct disk {
	struct volume volume;
	int number;
	long asked;   /* to stop; by its copy, without a lock */
	long written; /* by its copy, as the last that it does; likewise */
	bool lingers; /* its thread does not end at once when its copy has returned; as above */
	bool left;    /* and then it has; as above */
};

static long released[BACKUP_VOLUMES]; /* times; of the thread that stops the backup, then of the test */
static int early;		      /* were released while their copy ran */
static int elsewhere;		      /* were released in another thread */

static struct gate slow_answers[SLOW];
static int answered; /* of the slow ones */

static _Thread_local bool is_stopper;

static void release(struct volume *volume)
{
	struct disk *disk = (struct disk *)volume;

	released[disk->number]++;
	early += disk->written != 1 || disk->lingers != disk->left;
	elsewhere += !is_stopper;
	free(disk);
}

static struct disk *disk_of(struct volume *volume)
{
	return (struct disk *)volume;
}

static bool has_returned(void)
{
	CHECK(pthread_mutex_lock(&call.lock));
	bool returned = call.returned;
	CHECK(pthread_mutex_unlock(&call.lock));
	return returned;
}

static pthread_key_t lingering;

/* As the last that the thread does, and not before backup_stop() waits for it: to join it, or in vain. */
static void leave(void *arg)
{
	struct disk *disk = arg;

	schedule_await_others();
	disk->left = true;
}

static void linger(struct disk *disk)
{
	CHECK(pthread_key_create(&lingering, leave));
	CHECK(pthread_setspecific(lingering, disk));
	disk->lingers = true;
}

/* Until the stop waits for this thread. */
static void await_stop(void)
{
	schedule_await_blocked();
	if (has_returned())
		schedule_await(NEVER); /* nobody can tell what this thread would do next */
}

/* Ends when it is asked to, and not before the stop waits for it. */
static void willing(struct volume *volume, struct stop *stop)
{
	while (!stop_wait(stop, FOR_EVER))
		;
	disk_of(volume)->asked++;
	await_stop();
	disk_of(volume)->written++;
	schedule_reached(OTHER_RETURNS);
}

/*
 * Returns as the last of all, when nothing but its thread keeps the stop; and that lingers. Were it not the last, the
 * stop could still wait for another when this thread has long ended.
 */
static void lingering_one(struct volume *volume, struct stop *stop)
{
	while (!stop_wait(stop, FOR_EVER))
		;
	schedule_await(OTHER_RETURNS);
	await_stop();
	linger(disk_of(volume));
	disk_of(volume)->written++;
}

/* As willing, but the stop may give up before. */
static void prompt(struct volume *volume, struct stop *stop)
{
	while (!stop_wait(stop, FOR_EVER))
		;
	disk_of(volume)->written++;
}

/* As that, but not before the first call has given it up. */
static void tardy(struct volume *volume, struct stop *stop)
{
	while (!stop_wait(stop, FOR_EVER))
		;
	schedule_await(FIRST_CALL_OVER);
	disk_of(volume)->written++;
}

/* Is done at once. */
static void quick(struct volume *volume, struct stop *stop)
{
	(void)stop;
	disk_of(volume)->written++;
}

/* Waits for its disk, even if it is asked to stop meanwhile. The answer orders nothing. */
static void stuck(struct volume *volume, struct stop *stop)
{
	schedule_await(DISK_ANSWERS);
	disk_of(volume)->written += stop_requested(stop);
}

/* Gets its answer after some time, one after the other. */
static void slow(struct volume *volume, struct stop *stop)
{
	gate_wait(&slow_answers[disk_of(volume)->number - STUCK]);
	disk_of(volume)->written += stop_requested(stop);
}

static void answer_slow_one(void)
{
	if (answered < SLOW)
		gate_open(&slow_answers[answered++]);
}

typedef void copy_fn(struct volume *volume, struct stop *stop);

static struct volume *new_disk(int number, copy_fn *copy)
{
	struct disk *disk = malloc(sizeof *disk);

	HAVE(disk);
	*disk = (struct disk){.volume = {.copy = copy, .release = release}, .number = number};
	return &disk->volume;
}

/* --- a call of backup_stop(), in a thread of its own: the test goes on if it does not return --- */

static pthread_t stopper;

static void *stop_backup(void *arg)
{
	bool late[BACKUP_VOLUMES];
	long began = passed();

	for (int i = 0; i < BACKUP_VOLUMES; i++)
		late[i] = true;
	is_stopper = true;
	clock_will_be_set = true;
	schedule_give_turns(call.gives_turns);
	enum backup_end end = backup_stop(call.backup, call.patience, late);
	schedule_give_turns(false);
	clock_will_be_set = false;
	if (end == BACKUP_ENDED)
		call.backup = NULL; /* or memcheck could reach it here */
	CHECK(pthread_mutex_lock(&call.lock));
	call.end = end;
	call.waited = passed() - began + 1;
	for (int i = 0; i < BACKUP_VOLUMES; i++)
		call.late[i] = late[i];
	call.returned = true;
	CHECK(pthread_cond_signal(&call.changed));
	CHECK(pthread_mutex_unlock(&call.lock));
	return arg;
}

static void begin_stop(long patience)
{
	static bool ready;

	if (!ready)
		deadline_cond_init(&call.changed);
	ready = true;
	CHECK(pthread_mutex_lock(&call.lock));
	call.patience = patience;
	call.began = passed();
	call.returned = false;
	CHECK(pthread_mutex_unlock(&call.lock));
	NEED(pthread_create(&stopper, NULL, stop_backup, NULL));
}

static bool returns_within(long milliseconds)
{
	struct timespec end = deadline_in(milliseconds);

	CHECK(pthread_mutex_lock(&call.lock));
	while (!call.returned && deadline_cond_wait(&call.changed, &call.lock, &end))
		;
	bool returned = call.returned;
	CHECK(pthread_mutex_unlock(&call.lock));
	return returned;
}

/* Lets one slow volume end, and waits until it has. By then the patience is over on no machine but a slow one. */
static void answer_in_time(void)
{
	int before = answered;

	schedule_await_blocked(); /* all have been asked */
	answer_slow_one();
	schedule_await_blocked();
	call.in_time += answered > before && passed() - call.began < PATIENCE;
}

/* How the call ends, while a slow volume gets its answer now and then. */
static enum backup_end end_of_stop(void)
{
	bool returned = false;

	for (long waited = 0; waited < LATE && !returned; waited += PAUSE) {
		if (call.patience == PATIENCE)
			answer_in_time();
		returned = returns_within(waited + PAUSE < LATE ? PAUSE : LATE - waited);
	}
	cr_assert(returned, "backup_stop() with a patience of %ld ms has not returned after %d ms", call.patience,
		  LATE);
	CHECK(pthread_join(stopper, NULL));
	cr_assert_eq(early, 0, "%d volumes were released before their threads had ended", early);
	cr_assert_eq(elsewhere, 0, "%d volumes were released, and not by backup_stop()", elsewhere);
	return call.end;
}

static enum backup_end stop(long patience)
{
	begin_stop(patience);
	return end_of_stop();
}

/* How many of the volumes from here on are late, or were released; and that this is the same question. */
static int late_ones(int from, int count)
{
	int late = 0;

	for (int i = from; i < from + count; i++) {
		late += call.late[i];
		cr_assert_eq(released[i], !call.late[i], "volume %d was released %ld times, and is%s late", i,
			     released[i], call.late[i] ? "" : " not");
	}
	return late;
}

/* The array is the caller's again, and used for something else. */
static struct backup *start(struct volume *volumes[], int count)
{
	struct backup *backup = backup_start(volumes, count);

	for (int i = 0; i < count; i++)
		volumes[i] = NULL;
	return backup;
}

/* --- the tests --- */

Test(backup, ends_when_all_have, .timeout = 60)
{
	enum { COUNT = 3 };
	struct volume *volumes[] = {new_disk(0, quick), new_disk(1, lingering_one), new_disk(2, willing)};

	schedule_wake_in_vain();
	call.backup = start(volumes, COUNT);
	schedule_await_blocked(); /* the quick one has ended, and nothing orders that with the stop */
	enum backup_end end = stop(FOR_EVER);
	cr_assert_eq(end, BACKUP_ENDED, "all have ended, and that is not what backup_stop() says");
	int late = late_ones(0, COUNT);
	cr_assert_eq(late, 0, "all have ended, and %d are said to be late", late);
}

Test(backup, gives_up_once_for_all, .timeout = 60)
{
	struct volume *volumes[BACKUP_VOLUMES];

	schedule_wake_in_vain();
	for (int i = 0; i < SLOW; i++)
		gate_init(&slow_answers[i]);
	for (int i = 0; i < BACKUP_VOLUMES; i++)
		volumes[i] = new_disk(i, i < STUCK ? stuck : i < STUCK + SLOW ? slow : prompt);
	call.backup = start(volumes, BACKUP_VOLUMES);
	/* The patience is one for all: given to each, or begun again with each that ends, it is longer than the test waits. */
	enum backup_end end = stop(PATIENCE);
	long waited = call.waited;
	int left = late_ones(0, STUCK), slow_left = late_ones(STUCK, SLOW);
	late_ones(STUCK + SLOW, WILLING);
	cr_assert_eq(end, BACKUP_LATE, "%d volumes are stuck, and that is not what backup_stop() says", STUCK);
	cr_assert_geq(waited, PATIENCE, "backup_stop() gives up after %ld ms of %d", waited, PATIENCE);
	cr_assert_eq(left, STUCK, "%d volumes are stuck, and %d are said to be late", STUCK, left);
	cr_assert_geq(slow_left, SLOW - answered, "a volume waits for its answer, and is not said to be late");
	cr_assert_leq(slow_left, SLOW - call.in_time, "%d volumes have ended in time, and %d of %d are said to be late",
		      call.in_time, slow_left, SLOW);

	begin_stop(FOR_EVER);
	schedule_await_blocked();
	schedule_reached(DISK_ANSWERS);
	while (answered < SLOW)
		answer_slow_one();
	schedule_await_blocked(); /* one that sleeps for a time sleeps on */
	bool at_once = has_returned();
	end = end_of_stop();
	cr_assert_eq(end, BACKUP_ENDED, "all have ended, and that is not what backup_stop() says");
	cr_assert(at_once, "all have ended, and backup_stop() waits for a time to pass");
	cr_assert_eq(late_ones(0, BACKUP_VOLUMES), 0, "all have ended, and some are said to be late");
}

Test(backup, reaps_the_late_one_later, .timeout = 60)
{
	enum { COUNT = 3 };
	struct volume *volumes[] = {new_disk(0, quick), new_disk(1, stuck), new_disk(2, tardy)};

	call.backup = start(volumes, COUNT);
	schedule_await_blocked();
	enum backup_end end = stop(0); /* asks, although it does not wait */
	late_ones(0, COUNT);
	cr_assert_eq(end, BACKUP_LATE, "a volume is stuck, and that is not what backup_stop() says");
	schedule_reached(FIRST_CALL_OVER);
	schedule_await_blocked(); /* the third has ended by now */
	end = stop(0);
	int late = late_ones(0, COUNT);
	cr_assert_eq(end, BACKUP_LATE, "a volume is stuck, and that is not what backup_stop() says the second time");
	cr_assert(late == 1 && call.late[1], "one volume is stuck, and backup_stop() does not say which");
	schedule_reached(DISK_ANSWERS);
	schedule_await_blocked(); /* it has ended, and nothing orders that with the stop */
	end = stop(0);
	cr_assert_eq(end, BACKUP_ENDED, "the late one has ended, and that is not what backup_stop() says");
	late = late_ones(0, COUNT);
	cr_assert_eq(late, 0, "the late one has ended, and is still said to be late");
}

/* Two at a time, of which one is stopped. The other copies on, and is then stopped while a volume of the first is stuck. */
Test(backup, is_one_of_several, .timeout = 60)
{
	struct volume *volumes[] = {new_disk(0, prompt), new_disk(1, stuck)}, *others[] = {new_disk(2, willing)};
	struct disk *copied_on = disk_of(others[0]);
	struct backup *first = start(volumes, 2), *second = start(others, 1);

	call.backup = first;
	cr_assert_eq(stop(0), BACKUP_LATE, "a volume is stuck, and that is not what backup_stop() says");
	schedule_await_blocked(); /* the first volume has ended */
	cr_assert_eq(stop(0), BACKUP_LATE,
		     "a volume is stuck, and that is not what backup_stop() says the second time");
	bool was_asked = copied_on->asked > 0;
	call.backup = second;
	cr_assert_not(was_asked, "one backup was stopped, and a volume of the other was asked");
	cr_assert_eq(stop(FOR_EVER), BACKUP_ENDED, "all have ended, and that is not what backup_stop() says");
	cr_assert(released[2] == 1 && !call.late[0], "the volume of a backup that has ended was not released once");
	schedule_reached(DISK_ANSWERS);
	schedule_await_blocked();
	call.backup = first;
	cr_assert_eq(stop(0), BACKUP_ENDED, "all have ended, and that is not what backup_stop() says");
	cr_assert_eq(late_ones(0, 2), 0, "all have ended, and some are said to be late");
}

/* --- between any two steps of a stop one more volume ends --- */

enum { TURNS = SLOW };
static struct gate turns[TURNS];

static void in_turn(struct volume *volume, struct stop *stop)
{
	(void)stop; /* the first may end just before it is asked */
	gate_wait(&turns[disk_of(volume)->number]);
	disk_of(volume)->written++;
}

/* The last one first, so that those which a stop has looked at end after that. */
static void *end_in_turn(void *arg)
{
	for (int i = TURNS - 1; i >= 0; i--) {
		schedule_await_turn();
		gate_open(&turns[i]);
	}
	return arg;
}

static void end_one_more(void)
{
	schedule_give_turn();
	schedule_await_blocked();
}

/* Which volumes are late is found out once: what is done about each, and what the caller is told, is the same answer. */
Test(backup, knows_who_is_late, .timeout = 60)
{
	struct volume *volumes[TURNS];
	pthread_t taker;

	for (int i = 0; i < TURNS; i++) {
		gate_init(&turns[i]);
		volumes[i] = new_disk(i, in_turn);
	}
	call.backup = start(volumes, TURNS);
	schedule_await_blocked();
	NEED(pthread_create(&taker, NULL, end_in_turn, NULL));
	call.gives_turns = true;
	enum backup_end end = stop(0);
	call.gives_turns = false;
	int late = late_ones(0, TURNS);
	for (int i = 0; i < TURNS; i++)
		end_one_more();
	CHECK(pthread_join(taker, NULL));
	cr_assert_eq(end == BACKUP_LATE, late > 0, "%d volumes are late, and that is not what backup_stop() says",
		     late);
	if (end == BACKUP_LATE)
		end = stop(FOR_EVER);
	cr_assert_eq(end, BACKUP_ENDED, "all have ended, and that is not what backup_stop() says");
	cr_assert_eq(late_ones(0, TURNS), 0, "all have ended, and some are said to be late");
}
