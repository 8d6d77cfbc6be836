/*
 * When the program was asked to stop: it sent itself the signal, its handler
 * was called, or a thread that waits for the signal received it; the first of
 * these. A signal that comes from outside and is taken by signalfd() is not
 * seen. Without a bound on stopping all calls here go straight on. See monitor.h.
 */
#define _GNU_SOURCE /* sighandler_t, SA_INTERRUPT */
#include "monitor.h"

#include <errno.h>
#include <string.h>

#include "runtime/raw.h"

EXPORT sighandler_t __sysv_signal(int number, sighandler_t handler);

/* What the program thinks is installed. */
static struct sigaction installed;
static bool is_installed;

/* Of these two one is called, after ours. */
static void (*plain_handler)(int);
static void (*info_handler)(int, siginfo_t *, void *);

void stop_asked(void)
{
	struct section section;

	if (!monitor_is_own_process() || !section_enter(&section))
		return;
	if (state->asked_at < 0)
		state->asked_at = monitor_now();
	section_leave(&section);
}

static bool is_stop(int number)
{
	return number && config.mode == AWAKE && number == config.stop_signal;
}

/* --- handlers --- */

static void on_stop(int number)
{
	stop_asked();
	__atomic_load_n(&plain_handler, __ATOMIC_ACQUIRE)(number);
}

static void on_stop_info(int number, siginfo_t *info, void *context)
{
	stop_asked();
	__atomic_load_n(&info_handler, __ATOMIC_ACQUIRE)(number, info, context);
}

static bool is_function(const struct sigaction *action)
{
	return (action->sa_flags & SA_SIGINFO) || (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN);
}

/* The action that is to be installed instead. */
static struct sigaction wrapped(const struct sigaction *action)
{
	struct sigaction ours = *action;

	if (action->sa_flags & SA_SIGINFO) {
		__atomic_store_n(&info_handler, action->sa_sigaction, __ATOMIC_RELEASE);
		ours.sa_sigaction = on_stop_info;
	} else if (is_function(action)) {
		__atomic_store_n(&plain_handler, action->sa_handler, __ATOMIC_RELEASE);
		ours.sa_handler = on_stop;
	}
	return ours;
}

static bool is_ours(const struct sigaction *action)
{
	if (action->sa_flags & SA_SIGINFO)
		return action->sa_sigaction == on_stop_info;
	return action->sa_handler == on_stop;
}

static int install(const struct sigaction *action, struct sigaction *old)
{
	struct sigaction before, ours;
	struct section section;

	if (!section_enter(&section))
		return real()->sigaction(config.stop_signal, action, old);
	if (action)
		ours = wrapped(action);
	int status = real()->sigaction(config.stop_signal, action ? &ours : NULL, &before), error = errno;
	/* A handler that is called but once has been taken away by the kernel: then what it says is right. */
	if (status == 0 && is_installed && is_ours(&before))
		before = installed;
	if (status == 0 && old)
		*old = before;
	if (status == 0 && action) {
		installed = *action;
		is_installed = is_function(action);
	}
	section_leave(&section);
	errno = error;
	return status;
}

EXPORT int sigaction(int number, const struct sigaction *restrict action, struct sigaction *restrict old)
{
	if (!is_stop(number))
		return real()->sigaction(number, action, old);
	return install(action, old);
}

static sighandler_t set_handler(int number, sighandler_t handler, int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags}, old;

	sigemptyset(&action.sa_mask);
	if (!(flags & SA_NODEFER))
		sigaddset(&action.sa_mask, number);
	return sigaction(number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}

EXPORT sighandler_t signal(int number, sighandler_t handler)
{
	return set_handler(number, handler, SA_RESTART);
}

/* What signal() is where a program asks for the C standard alone. */
EXPORT sighandler_t __sysv_signal(int number, sighandler_t handler)
{
	return set_handler(number, handler, (int)(SA_RESETHAND | SA_NODEFER | SA_INTERRUPT));
}

/* --- waiting --- */

EXPORT int sigwait(const sigset_t *restrict set, int *restrict number)
{
	int error = real()->sigwait(set, number);

	if (error == 0 && is_stop(*number))
		stop_asked();
	return error;
}

EXPORT int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
	int number = real()->sigwaitinfo(set, info);

	if (is_stop(number))
		stop_asked();
	return number;
}

EXPORT int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info, const struct timespec *restrict time)
{
	int number = real()->sigtimedwait(set, info, time);

	if (is_stop(number))
		stop_asked();
	return number;
}

/* --- sending --- */

EXPORT int kill(pid_t process, int number)
{
	if (is_stop(number) && (process == 0 || process == RAW(getpid)))
		stop_asked();
	return real()->kill(process, number);
}

EXPORT int raise(int number)
{
	if (is_stop(number))
		stop_asked();
	return real()->raise(number);
}

EXPORT int pthread_kill(pthread_t thread, int number)
{
	if (is_stop(number))
		stop_asked();
	return real()->pthread_kill(thread, number);
}
