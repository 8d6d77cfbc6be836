/*
 * The rate of the euro, as the exchange sends it. A thread reads it, and ends
 * when the connection is closed, by rates_stop() or by the exchange.
 */
#ifndef RATES_H
#define RATES_H

enum { NO_RATE = -1 };

struct rates;

/* Returns when there is a rate, or none to be had: the connection is closed. The caller owes a rates_stop(). */
struct rates *rates_start(void) __attribute__((warn_unused_result));
/* At a rate as it was sent, whole. NO_RATE once the connection is closed: no customer is charged at an old rate. */
long rates_to_crowns(struct rates *rates, long euros);
/* Hangs up, waits for the thread, which reads nothing more then, and frees the handle: no thread may convert any more. */
void rates_stop(struct rates *rates);

#endif
