/*
 * Work that is due again and again: at `period`, 2 * `period`, 3 * `period` and
 * so on, by a clock that the caller brings. It is done in a thread of its own,
 * one after the other.
 *
 *     ticker_start(&station_clock, 60, TICKER_SKIP, measure);
 *     ...
 *     long skipped = ticker_join();           // when measure() has returned false
 *
 * There is one ticker in a process, and it is started and joined once.
 */
#ifndef TICKER_H
#define TICKER_H

#include <stdbool.h>

/* Only the ticker's thread uses it. */
struct ticker_clock {
	long (*now)(void);
	void (*wait_until)(long time); /* returns at once if that has passed */
};

/*
 * Work can take longer than a period. Then something has become due that was
 * not begun in time: its time is less than now. What becomes of it?
 */
enum ticker_policy {
	TICKER_SKIP,	/* it is left out, and counted: a measurement, a portion, a frame */
	TICKER_CATCH_UP /* it is done as soon as possible, one after the other, each once: an interest, a page of a log */
};

/* Does the work that was due then. Returns false if there is to be no more. */
typedef bool ticker_work(long due);

/*
 * Starts the ticker. The clock shows less than `period` then, so that nothing was
 * missed before.
 *
 *   - Work never begins before it is due, and what is due keeps its times,
 *     however long the work takes: multiples of `period`, counted from 0.
 *   - What is due just now is begun in time, and is not skipped.
 *   - work() is called in the ticker's thread, which is the only one.
 */
void ticker_start(const struct ticker_clock *clock, long period, enum ticker_policy policy, ticker_work *work);

/*
 * Waits until work() has returned false, and joins the ticker's thread. Returns how
 * many were skipped until then: of what has become due during the last work there is
 * to be none. What work() has written the caller may then read without a lock.
 */
long ticker_join(void);

#endif
