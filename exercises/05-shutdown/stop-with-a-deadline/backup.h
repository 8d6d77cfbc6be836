/*
 * The nightly backup of an office: each volume is copied by a thread of its own. When
 * the power fails, the battery lasts for some minutes, and all must be written and said
 * by then. A volume on the network may hang for as long as it likes.
 *
 *     struct backup *backup = backup_start(volumes, count);
 *     ...
 *     bool late[BACKUP_VOLUMES];
 *     if (backup_stop(backup, 20000, late) == BACKUP_LATE) {
 *             log_late(late);
 *             ... later: backup_stop(backup, 0, late) once more, or the end of the process
 *     }
 */
#ifndef BACKUP_H
#define BACKUP_H

#include <stdbool.h>

#include "kit/stop.h"

enum { BACKUP_VOLUMES = 16 };

/*
 * A volume, with all that its copy needs: buffers, open files. copy() runs in the
 * volume's thread, and returns soon after a stop was requested, or when it is done; it
 * may ignore the request, and then it is late. release() takes back all that
 * the volume has, the struct included.
 */
struct volume {
	void (*copy)(struct volume *volume, struct stop *stop);
	void (*release)(struct volume *volume);
};

struct backup;

/*
 * Starts a thread for each of the `count` volumes, one to BACKUP_VOLUMES, which are the
 * backup's from here on; the array is not. There may be several backups at a time, and
 * each is stopped by itself.
 */
struct backup *backup_start(struct volume *const volumes[], int count);

enum backup_end {
	BACKUP_ENDED, /* no thread is left, every volume was released, and the backup is freed, with all that it has opened */
	BACKUP_LATE /* some have not ended in time: late[] says which; the backup is still there */
};

/*
 * Requests the stop, and waits until all threads have ended, but no longer than `patience`
 * ms for all of them together. The wall clock is set when the network comes and goes:
 * that makes the wait neither longer nor shorter. With 0 it does not wait, and
 * sees which have ended by now.
 *
 *   - A volume whose copy() has returned is released, once, by this call and in the
 *     thread that has called it, when the volume's thread has ended and is joined.
 *   - late[i] says whether the copy() of volumes[i] still runs. It may go on for as
 *     long as it likes: its volume is not released, and its stop token stays valid.
 *   - After BACKUP_LATE it may be called again, and gives those that are late that much
 *     time more. Those that were released stay released: late[] is false for them.
 *   - BACKUP_ENDED comes as soon as the last one has ended, and is the last call.
 *
 * No two threads call it at a time.
 */
enum backup_end backup_stop(struct backup *backup, long patience, bool late[BACKUP_VOLUMES]);

#endif
