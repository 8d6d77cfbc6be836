/*
 * A mail server's scanner of attachments. Each mail that has one is handed to
 * the scanner, whose threads look into it; the server goes on with the next
 * mail meanwhile.
 *
 *     struct scanner *scanner = scanner_open(look_into);
 *     if (!scanner_submit(scanner, mail))
 *             put_off(mail);          // "451, try again later": the sender has it still
 *     ...
 *     scanner_close(scanner);
 *
 * A scan needs a core and 200 MB. The machine was bought for four at a time.
 *
 * Any number of scanners may be open in a process, each with threads and room of
 * its own. They know nothing of each other.
 */
#ifndef SCANNER_H
#define SCANNER_H

#include <stdbool.h>

enum {
	SCANNER_THREADS = 4, /* mails that are scanned at a time, at most; the scanner has no other threads */
	SCANNER_ROOM = 16,   /* mails that wait while each thread has one, at most: no thread has begun with them */
};

/* Looks into a mail. It may take its time. It is called by several threads at a time, for different mails. */
typedef void scan_mail(void *mail);

struct scanner;

struct scanner *scanner_open(scan_mail *scan);

/*
 * Any thread. True: the mail is accepted, and scanned once; it waits only while
 * SCANNER_THREADS others are being scanned. False: the scanner has all that it
 * can take, and the mail is still the caller's.
 *
 * It says no only when SCANNER_ROOM mails wait. It never waits for a scan.
 */
bool scanner_submit(struct scanner *scanner, void *mail);

/*
 * When it returns, every accepted mail was scanned, the caller may look without
 * a lock at what the scans have written, and the scanner's threads have ended
 * and are joined. Nobody may submit any more.
 */
void scanner_close(struct scanner *scanner);

#endif
