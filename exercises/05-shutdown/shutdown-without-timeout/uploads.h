/*
 * Uploads of scanned invoices to a tax office, each in a thread of its own.
 * The office is sometimes slow, and sometimes says nothing at all.
 *
 *     uploads_start(send_scan, scan);
 *     ...
 *     int stuck = uploads_stop(20000);
 *     if (stuck > 0)
 *             log_stuck_uploads(stuck);       // and leave: nobody can make them end
 *
 * There is one set of uploads in a process.
 */
#ifndef UPLOADS_H
#define UPLOADS_H

#include <stdbool.h>

#include "kit/stop.h"

enum { UPLOADS_ROOM = 16 }; /* uploads that one process starts, at most */

/*
 * One upload. It returns when it is done, and it should return soon after a
 * stop was requested. It may ignore that: then it is stuck.
 */
typedef void upload_fn(struct stop *stop, void *scan);

/* Runs upload(stop, scan) in a thread of its own. False: no room, or the uploads are stopping. */
bool uploads_start(upload_fn *upload, void *scan);

/*
 * Stops the uploads: requests the stop, and waits until all of them have
 * returned, but no longer than `patience` ms; with 0 it does not wait. Returns
 * how many are still running.
 *
 *   - It returns 0 as soon as the last one has returned. Then nothing of the
 *     uploads runs any more, and what they have written the caller may read
 *     without a lock.
 *   - When the time is over, it returns the number of those that are stuck.
 *     They may go on for as long as they like, and their stop token stays
 *     valid. Call it again to give them more time.
 *   - After the first call uploads_start() starts nothing any more.
 *
 * The two functions are not called by two threads at a time.
 */
int uploads_stop(long patience);

#endif
