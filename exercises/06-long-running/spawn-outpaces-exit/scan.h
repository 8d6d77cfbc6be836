/*
 * A mail service looks through attachments for viruses, each in a thread of its
 * own, while the mail itself is already being stored.
 *
 *     if (scan_start(look_through, attachment, 200) == SCAN_BUSY)
 *             hold_mail_back(attachment);             // it is not delivered unscanned
 *     ...
 *     scans_wait();
 *
 * There is one set of scans in a process.
 */
#ifndef SCAN_H
#define SCAN_H

enum { SCANS = 4 };

enum scan_result {
	SCAN_STARTED, /* the scan runs, now */
	SCAN_BUSY     /* it does not, and will not */
};

/* Looks through one attachment. Takes as long as it takes. */
typedef void scan_fn(int attachment);

/*
 * Runs scan(attachment) in another thread, and returns as soon as it has been
 * started.
 *
 *   - At no moment are there more than SCANS threads that scan. A thread is
 *     there until it has been joined: that scan() has returned is not enough.
 *   - If there are SCANS, it waits until one has ended, but no longer than
 *     `patience` ms. With patience 0 it does not wait. Then it starts nothing.
 *
 * Any thread may call it, several at a time.
 */
enum scan_result scan_start(scan_fn *scan, int attachment, long patience);

/*
 * Waits for the scans. When it returns, every scan that was started has ended,
 * no thread of them is left, and what they have written the caller may read
 * without a lock. Called once, when no thread is in scan_start().
 */
void scans_wait(void);

#endif
