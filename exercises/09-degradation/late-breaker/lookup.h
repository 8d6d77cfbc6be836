/*
 * The telephone exchange of a hospital. While a call rings, its number is looked
 * up in a directory, in a thread of its own; if there is a name, it is shown. The
 * directory is somebody else's, so there is a circuit breaker before it.
 *
 *     struct lookups *lookups = lookups_new(ask_directory, start_thread);
 *     ...
 *     switch (lookup_start(lookups, call)) {
 *     case LOOKUP_STARTED:   break;                   // the name is shown as soon as it is known
 *     case LOOKUP_OPEN:      show(call, "unknown"); break;
 *     case LOOKUP_NO_THREAD: show(call, "unknown"); tell_the_operator(); break;
 *     }
 *     ...
 *     lookups_free(lookups);
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include <pthread.h>

enum { LOOKUP_FAILURES = 3 };

enum lookup_result {
	LOOKUP_STARTED,	 /* a thread asks, or will as soon as it has its turn */
	LOOKUP_OPEN,	 /* the breaker lets nothing through: no thread was started, and none asks */
	LOOKUP_NO_THREAD /* it would have let it through, and no thread could be started */
};

/* Asks the directory for the caller of a call. Returns 0 or an error number. Takes as long as it takes. */
typedef int lookup_ask(int call);

/* Starts a thread that runs run(arg), to be joined. Returns what pthread_create() does: 0, or EAGAIN, for instance. */
typedef int lookup_thread(pthread_t *thread, void *(*run)(void *), void *arg);

struct lookups;

/*
 * The breaker is closed at first, and lets everything through. It opens when
 * LOOKUP_FAILURES lookups in a row have failed. While it is open
 *
 *   - ask() is not called, and no thread is started; lookups that were let
 *     through before ask all the same, and what they find out changes nothing;
 *   - after lookups_pause_over(), one lookup is let through, the probe. If that
 *     succeeds the breaker is closed; if it fails, it goes on being open, and
 *     waits for the next pause to be over. Until either is known, it lets no
 *     other one through.
 *
 * A lookup for which no thread could be started has not been let through: the
 * directory has neither failed nor answered, and a probe is still to be made.
 *
 * All threads are started by start(), which is called once for each lookup that
 * the breaker lets through.
 */
struct lookups *lookups_new(lookup_ask *ask, lookup_thread *start);

/*
 * Looks a call up, if the breaker lets it through. Returns at once. Any thread
 * may call it, several at a time.
 */
enum lookup_result lookup_start(struct lookups *lookups, int call);

/*
 * The time has come to see whether the directory is back. Without effect when
 * the breaker is closed, or a probe is under way. Any thread.
 */
void lookups_pause_over(struct lookups *lookups);

/*
 * Waits for all lookups. When it returns their threads are joined: what ask()
 * wrote may be read without a lock. All memory is free. No thread may be in another
 * of these calls.
 */
void lookups_free(struct lookups *lookups);

#endif
