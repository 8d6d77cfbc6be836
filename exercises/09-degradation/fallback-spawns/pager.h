/*
 * The alarm of a volunteer fire brigade. Each member is sent a message; that
 * takes a moment. If it cannot be sent, the member is called by telephone, which
 * takes as long as it takes: half a minute, or until they are awake.
 *
 *     struct pager *pager = pager_open(send_message, call_by_phone);
 *     ...
 *     if (pager_alert(pager, member) == PAGER_REFUSED)
 *             sound_the_siren();                     // nobody will call: wake them all
 *     ...
 *     pager_close(pager);
 */
#ifndef PAGER_H
#define PAGER_H

enum {
	PAGER_LINES = 3,   /* telephone lines */
	PAGER_PENDING = 8, /* calls that are promised and not yet over, those on the lines included */
};

enum pager_result {
	PAGER_SENT,   /* the message is out */
	PAGER_CALL,   /* it is not; the member will be called, whatever happens */
	PAGER_REFUSED /* nor will they be called */
};

struct pager_counts {
	long alerted; /* calls of pager_alert() */
	long sent;    /* of these */
	long called;  /* of these; the telephone call is over */
	long refused; /* of these */
};

/* The fast path: sends a message. Returns 0 or an error number. */
typedef int pager_send(int member);
/* The slow path: calls by telephone, until the member has answered. */
typedef void pager_phone(int member);

struct pager;

/*
 * At any time until pager_close() has returned,
 *
 *   - at most PAGER_LINES telephone calls are made at once; and as many
 *     as that if there are as many to make, even while messages are under way;
 *   - at most PAGER_PENDING calls are promised and not yet over;
 *   - the pager has at most PAGER_LINES threads, however many messages could
 *     not be sent. A thread is there until it has been joined.
 */
struct pager *pager_open(pager_send *send, pager_phone *phone);

/*
 * Sends the message, once. If it cannot be sent, promises a call; if PAGER_PENDING
 * calls are promised then and not yet over, refuses. In either case it returns
 * at once, and never waits for a line, nor for the message of another member.
 * Any thread may call it, several at a time, for the same member too: each alarm is
 * a call of its own.
 */
enum pager_result pager_alert(struct pager *pager, int member);

/* Any thread may call it, at any time. When nothing is under way, alerted == sent + called + refused. */
struct pager_counts pager_counts(struct pager *pager);

/*
 * Waits for all calls that were promised; each is made, once. When it returns,
 * all threads are joined: what phone() wrote may be read without a lock. All
 * memory is free, and each descriptor is closed. No thread may be in pager_alert() while it is called.
 */
void pager_close(struct pager *pager);

#endif
