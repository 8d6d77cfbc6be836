/*
 * A watch keeps a listener on a channel: a function that listens, in a thread,
 * and that is called again when the channel fails.
 *
 *     struct watch *watch = watch_start(listen_on, channel, 5000);
 *     ...
 *     watch_stop(watch);
 *     channel_close(channel);         // nobody listens on it any more
 *
 * Any number of watches may run in a process. They know nothing of each other.
 */
#ifndef WATCH_H
#define WATCH_H

#include "kit/stop.h"

/*
 * Listens until the channel fails, and returns what failed, an error number; or
 * until a stop is requested. Then it returns soon: with 0, or with an error,
 * since the stop itself may cause one. It is never called by two threads at a
 * time for the same watch, and may use the channel without a lock.
 */
typedef int watch_listener(void *channel, struct stop *stop);

struct watch;

/*
 * Runs the listener. Whenever it has failed, the watch pauses for `pause` ms, counted from the failure, and runs it again.
 * The pause may be 0.
 */
struct watch *watch_start(watch_listener *listener, void *channel, long pause);

/*
 * Ends the watch, once, in whatever state it is: with a listener, or in the
 * pause. It returns soon after the listener has; it does not wait for the pause
 * to pass. When it returns,
 *
 *   - nobody listens, nor will again: the caller may look at the channel
 *     without a lock, and close it;
 *   - the watch's threads have ended and are joined, and its memory is free.
 */
void watch_stop(struct watch *watch);

#endif
