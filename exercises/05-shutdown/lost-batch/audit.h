/*
 * The audit log of a bank: who opened which account. Any thread records an
 * entry; a thread of the log, the shipper, delivers the entries to a sink, in
 * batches, because the archive behind the sink is slow.
 *
 *     audit_start(send_to_archive);
 *     if (!audit_record(entry))
 *             refuse_the_request();
 *     audit_stop();
 *
 * There is one log in a process. It is started once and stopped once.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include <stdbool.h>
#include <stddef.h>

enum {
	AUDIT_BATCH = 8, /* the shipper waits until it has so many entries, and delivers them in one call */
	AUDIT_ROOM = 64, /* so many accepted entries can wait for the shipper */
};

/*
 * Takes over `count` entries, at least one and at most AUDIT_BATCH, in the order
 * in which they were accepted. It is never called by two threads at a time.
 */
typedef void audit_sink(const int *entries, size_t count);

/* Starts the shipper. */
void audit_start(audit_sink *sink);

/*
 * Any thread. True: the entry is accepted. False: no room, or the log has been
 * stopped; the entry is not accepted. Never delivers anything itself: a
 * customer's request does not wait for the archive.
 */
bool audit_record(int entry);

/*
 * Stops the log. When it returns,
 *
 *   - every accepted entry has been delivered, once, even those that make no
 *     full batch;
 *   - the sink is at rest: it is not running and will not be called again, and
 *     what it has written the caller may read without a lock;
 *   - audit_record() accepts nothing any more.
 */
void audit_stop(void);

#endif
