/*
 * Linked into every program of an exercise, with --wrap for the calls below: lets a
 * thread that has just started, has just been woken, is about to lock or ends take a
 * little longer than it would, by chance, so that a wrong program cannot count on the
 * usual order, and no verdict either. The same seed in LOOSE_DELAYS gives the same chance.
 * Without one the calls are handed on as they are, and leave not even a frame of their
 * own on the stack.
 *
 * A thread that is delayed computes and does not sleep: to a caller that checks
 * whether all others wait (kit/schedule.h), it does not. No lock is taken, nothing is
 * allocated, and to a detector nothing here orders anything.
 */
#define _GNU_SOURCE /* what raw.h needs */
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/delays.h"
#include "runtime/raw.h"

/* A stack that is looked at shows no frame of ours. */
#if defined(__clang__)
#define HAND_ON __attribute__((musttail)) return
#else
#define HAND_ON return
#endif

/* A thread that locks a hundred thousand times is to end all the same. */
enum { MOST_STARTS = 4096, MOST_DELAYS = 200 /* of a thread */ };

int __real_pthread_create(pthread_t *id, const pthread_attr_t *how, void *(*run)(void *), void *arg);
int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *how, void *(*run)(void *), void *arg);
/* By kit/unlucky.c, which has these calls already: after a wait for a condition, and before a lock is taken. */
void loose_woken(void);
void loose_locks(void);
int __real_sem_wait(sem_t *semaphore);
int __wrap_sem_wait(sem_t *semaphore);

struct start {
	void *(*run)(void *); /* first: delays.h */
	void *arg;
};

static uint64_t seed; /* 0: no delays */
static struct start starts[MOST_STARTS];
static unsigned started;
static pthread_key_t at_end;
static bool has_key;
static _Thread_local uint64_t state;
static _Thread_local unsigned delays;

static void delay(void);

void loose_ends_late(void)
{
	if (seed)
		delay();
}

/* Of a key: a thread that is cancelled or calls pthread_exit() comes here, too. */
static void end_late(void *unused)
{
	(void)unused;
	loose_ends_late();
}

__attribute__((constructor(101))) static void begin(void)
{
	const char *digits = getenv("LOOSE_DELAYS");

	seed = digits ? strtoull(digits, NULL, 10) : 0;
	state = seed;
	has_key = seed && pthread_key_create(&at_end, end_late) == 0;
}

/* Splitmix64. */
static uint64_t next(void)
{
	uint64_t mixed = state += 0x9e3779b97f4a7c15;

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
	return mixed ^ mixed >> 31;
}

static int64_t now_ns(void)
{
	struct timespec now = {0};

	RAW(clock_gettime, CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Half of the time not at all. */
static void delay(void)
{
	static const int64_t microseconds[] = {0, 0, 0, 0, 50, 200, 1000, 3000};
	int64_t length = delays < MOST_DELAYS ? microseconds[next() % 8] * 1000 : 0;

	delays += length > 0;
	for (int64_t end = length ? now_ns() + length : 0; end && now_ns() < end;)
		RAW(sched_yield);
}

static void *begin_late(void *of)
{
	struct start *start = of, own = *start;

	/* What only this table points to is lost, and memcheck is to say so. */
	start->arg = NULL;
	state = seed + (uint64_t)(start - starts + 1) * 0xd1342543de82ef95;
	if (has_key)
		pthread_setspecific(at_end, start);
	delay();
	HAND_ON own.run(own.arg);
}

void *(*const loose_begins_late)(void *) = begin_late;

/* Weak, as the other: where a program is traced, the tracer's own take their place. */
__attribute__((weak)) int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *how, void *(*run)(void *),
						void *arg)
{
	unsigned number = seed ? __atomic_fetch_add(&started, 1, __ATOMIC_RELAXED) : MOST_STARTS;

	if (number >= MOST_STARTS)
		HAND_ON __real_pthread_create(id, how, run, arg);
	starts[number] = (struct start){run, arg};
	HAND_ON __real_pthread_create(id, how, begin_late, &starts[number]);
}

void loose_woken(void)
{
	if (seed)
		delay();
}

void loose_locks(void)
{
	if (seed && next() % 4 == 0)
		delay();
}

__attribute__((weak)) int __wrap_sem_wait(sem_t *semaphore)
{
	if (!seed)
		HAND_ON __real_sem_wait(semaphore);
	int error = __real_sem_wait(semaphore);
	delay();
	return error;
}
