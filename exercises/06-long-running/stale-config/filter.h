/*
 * A mail filter. Mails are judged in a thread of its own, one after the other,
 * by rules that any thread may change at any time.
 *
 *     filter_start(&rules, judge);
 *     filter_put(mail);
 *     ...
 *     filter_set(&stricter);                  // from the next mail on
 *     ...
 *     filter_stop();
 *
 * There is one filter in a process, and it is started and stopped once.
 */
#ifndef FILTER_H
#define FILTER_H

struct rules {
	int points; /* of a mail that is held back */
	int links;  /* that a mail may have */
};

/*
 * Judges one mail. May take long. The rules stay valid, and stay as they are,
 * until it returns.
 */
typedef void filter_judge(const struct rules *rules, int mail);

/* Starts the filter with these rules. It has a copy of them, here and below: the caller's may change or go. */
void filter_start(const struct rules *rules, filter_judge *judge);

/* Hands in a mail. Only between start and stop. */
void filter_put(int mail);

/*
 * Changes the rules.
 *
 *   - A mail that judge() begins with after this has returned is judged by the
 *     new rules.
 *   - A mail is judged by what one call has set, or filter_start(), and by all of
 *     it: never by a mixture, also when several threads change the rules at once.
 *   - It does not wait for a mail that is being judged. That mail goes on with
 *     the rules with which it has begun.
 *   - However often it is called, the filter does not grow.
 *
 * Any thread may call it, several at a time, between start and stop.
 */
void filter_set(const struct rules *rules);

/* Waits until all mails that were handed in are judged, and ends. No thread of the filter is left then. */
void filter_stop(void);

#endif
