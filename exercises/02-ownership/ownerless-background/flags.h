/*
 * Feature flags of a shop: which of the new things are switched on today. The
 * flags are kept elsewhere and fetched now and then, so that a flag can be
 * switched while the shop is open.
 *
 *     struct flags *flags = flags_start(fetch_flags, "wine", 30000);
 *     if (flags_has(flags, NEW_CHECKOUT))
 *             ...
 *     flags_stop(flags);
 *
 * Any number of flags may run in a process, one after the other and at the same
 * time. They know nothing of each other.
 */
#ifndef FLAGS_H
#define FLAGS_H

#include <stdbool.h>

/*
 * Fetches the flags from `source`, a bit for each. It may take its time. It is
 * never called by two threads at a time for the same flags, and may use the
 * source without a lock.
 */
typedef unsigned flags_fetch(void *source);

struct flags;

/*
 * Fetches the flags, and starts a thread that fetches them again every
 * `interval` milliseconds. The first fetch has ended when it returns. The
 * caller stops the flags.
 */
struct flags *flags_start(flags_fetch *fetch, void *source, long interval);

/* Any thread. Whether the flag was on when the flags were last fetched. It does not wait for a fetch that is under way. */
bool flags_has(struct flags *flags, unsigned flag);

/*
 * Stops these flags, once, and no others. When it returns,
 *
 *   - fetch() is not running for them, and will not be called again: the caller
 *     may look at the source without a lock, and release it;
 *   - their thread has ended, and their memory is free.
 *
 * It waits for a fetch that is under way, does not cut it short, and begins no
 * other. It does not wait for the interval to pass.
 */
void flags_stop(struct flags *flags);

#endif
