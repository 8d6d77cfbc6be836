/*
 * A weather station is made of parts: the sensors, the recorder, the sender.
 * Each part works in a thread of its own, and has something to close at the
 * end: a device, a file, a connection.
 *
 *     static const struct part parts[] = {
 *             {"sensors", read_sensors, close_device},
 *             {"recorder", record, close_file},
 *             {"sender", send_records, close_connection},
 *     };
 *     station_start(parts, 3);
 *     ...
 *     int error = station_stop();
 *
 * There is one station in a process, and it is started and stopped once.
 */
#ifndef STATION_H
#define STATION_H

#include "kit/stop.h"

enum { STATION_PARTS = 8 }; /* that a station can have */

struct part {
	const char *name;
	/* Works, in a thread of its own, and returns soon after a stop was requested, or before, when it has no more to do. */
	void (*work)(struct stop *stop);
	/*
	 * Returns 0 or an error number. Called once, when work() has returned.
	 * If it fails, the thing is closed all the same, as well as it can be:
	 * a second call could close what somebody else has opened meanwhile.
	 */
	int (*close)(void);
};

/* Starts the parts in this order: each may rely on those before it. `parts` must outlive the station. */
void station_start(const struct part *parts, int count);

/*
 * Stops the station. Whatever fails on the way, when it returns,
 *
 *   - no part works any more: every thread has ended, and what it has written
 *     the caller may read without a lock;
 *   - every part was closed, once, after its own work() had returned, and the
 *     last that was started first.
 *
 * Returns 0, or the error of the close() that failed first. The process goes on.
 */
int station_stop(void);

#endif
