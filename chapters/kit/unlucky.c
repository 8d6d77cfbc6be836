/*
 * Tests are linked with --wrap for these calls, so that those of the program's
 * own objects, the kit's among them, come here first. No chapter's program has
 * this file: it is taken out of the archive for a wrapped call alone. Weak: where
 * a program is traced, the tracer's own take their place.
 */
#include "schedule.h"

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>

#include "check.h"

int __real_pthread_mutex_lock(pthread_mutex_t *lock);
int __wrap_pthread_mutex_lock(pthread_mutex_t *lock);
int __real_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *lock);
int __real_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *end);
int __wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *lock);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *end);

/* Where they are there, they let a thread take its time (harness/runtime/delays.c). */
void loose_woken(void) __attribute__((weak));
void loose_locks(void) __attribute__((weak));

enum { NEVER = -1 };

static _Thread_local int slow_until = NEVER; /* a point */

void schedule_wake_late(int point)
{
	slow_until = point;
}

static int woken(int error, pthread_mutex_t *lock)
{
	if (loose_woken)
		loose_woken();
	if (slow_until != NEVER) {
		CHECK(pthread_mutex_unlock(lock));
		schedule_await(slow_until);
		CHECK(pthread_mutex_lock(lock));
	}
	return error;
}

static bool in_vain; /* written before there are other threads */

void schedule_wake_in_vain(void)
{
	if (!in_vain) /* a test may say it again, when there are threads that read it */
		in_vain = true;
}

/* Whether this wait ends at once: a thread's first, and every other one. The others must wait, or it would only spin. */
static bool ends_at_once(pthread_mutex_t *lock)
{
	static _Thread_local bool now;

	now = in_vain && !now;
	if (!now)
		return false;
	pthread_testcancel();
	CHECK(pthread_mutex_unlock(lock));
	CHECK(pthread_mutex_lock(lock));
	return true;
}

__attribute__((weak)) int __wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *lock)
{
	return ends_at_once(lock) ? 0 : woken(__real_pthread_cond_wait(condition, lock), lock);
}

__attribute__((weak)) int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *lock,
							const struct timespec *end)
{
	return ends_at_once(lock) ? 0 : woken(__real_pthread_cond_timedwait(condition, lock, end), lock);
}

/*
 * Where a thread stops on its way, for the others to do what they can: at its lock of this number from here on, or at EACH; and
 * what it says there, a point that it reaches, A_TURN or NOTHING.
 */
enum { NOWHERE = 0, EACH = -1, NOTHING = INT_MIN, A_TURN };

static _Thread_local struct stop_at {
	int lock, says;
} before, within;

void schedule_go_last(void)
{
	before = (struct stop_at){EACH, NOTHING};
}

void schedule_give_turns(bool gives)
{
	before = (struct stop_at){gives ? EACH : NOWHERE, A_TURN};
}

void schedule_reached_before_lock(int number, int point)
{
	before = (struct stop_at){number, point};
}

void schedule_reached_in_lock(int point)
{
	within = (struct stop_at){1, point};
}

/* One more lock. Whether the thread stops there. */
static bool comes_to(struct stop_at *at)
{
	return at->lock == EACH || (at->lock > 0 && --at->lock == 0);
}

static void stop_at(const struct stop_at *at)
{
	if (at->says == A_TURN)
		schedule_give_turn();
	else if (at->says != NOTHING)
		schedule_reached(at->says);
	schedule_await_others();
}

static _Thread_local int interrupts; /* the signal; 0: none */

void schedule_interrupt_when_locked(int signal)
{
	interrupts = signal;
}

/* As the kernel may do, which chooses any thread that does not block the signal. */
static void interrupt(void)
{
	int signal = interrupts;
	struct sigaction action;
	sigset_t blocked;

	CHECK(pthread_sigmask(SIG_BLOCK, NULL, &blocked));
	REQUIRE(sigaction(signal, NULL, &action) == 0);
	if (sigismember(&blocked, signal) || action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN)
		return;
	schedule_note_interrupt();
	interrupts = 0; /* the handler may lock */
	CHECK(pthread_kill(pthread_self(), signal));
	interrupts = signal;
}

__attribute__((weak)) int __wrap_pthread_mutex_lock(pthread_mutex_t *lock)
{
	if (comes_to(&before))
		stop_at(&before);
	else if (loose_locks)
		loose_locks();
	int error = __real_pthread_mutex_lock(lock);
	if (comes_to(&within))
		stop_at(&within);
	if (interrupts && !error)
		interrupt();
	return error;
}
