/*
 * A toll bridge. Cameras read the number plates of the cars that pass, each in a
 * thread of its own; one biller writes the bills, in another.
 *
 *     toll_open(write_bill);
 *     ...
 *     if (toll_pass(plate, 50) == TOLL_DROPPED)
 *             keep_picture(plate);                    // the camera's own card: to be billed by hand
 *     ...
 *     toll_close();
 *     struct toll_counts counts = toll_counts();      // passed == billed + dropped
 *
 * There is one bridge in a process, and it is opened and closed once.
 */
#ifndef TOLL_H
#define TOLL_H

enum { TOLL_ROOM = 4 };

enum toll_result {
	TOLL_TAKEN,  /* the plate will be billed, whatever happens */
	TOLL_DROPPED /* it will not; it is the camera's again */
};

struct toll_counts {
	long passed;  /* calls of toll_pass() that have returned or are about to */
	long billed;  /* bills written */
	long dropped; /* calls that were answered TOLL_DROPPED */
};

/* Writes one bill, for a plate of any number. Takes as long as it takes. Only the biller's thread calls it. */
typedef void toll_bill(int plate);

/* Starts the biller. */
void toll_open(toll_bill *bill);

/*
 * Hands a plate to the biller.
 *
 *   - At no moment are more than TOLL_ROOM plates taken and not yet billed, the
 *     one in the biller's hand included.
 *   - If there is no room, it waits for it, but no longer than `patience` ms. It
 *     returns as soon as it has a place. With patience 0 it does not wait. That the
 *     wall clock is set meanwhile makes no difference.
 *   - When no room came, it counts the plate as dropped, and says so.
 *
 * Any thread may call it, several at a time.
 */
enum toll_result toll_pass(int plate, long patience);

/* Any thread may call it, at any time, and does not wait for the biller. After toll_close() passed == billed + dropped. */
struct toll_counts toll_counts(void);

/*
 * Closes the bridge. When it returns, every plate that was taken has been
 * billed, once, and nothing of the bridge runs any more. No thread may be in
 * toll_pass() while it is called, nor call it afterwards.
 */
void toll_close(void);

#endif
