/*
 * The rate of the euro, as the exchange sends it. A thread reads it, and ends
 * when the connection is closed, by rates_stop() or by the exchange.
 */
#ifndef RATES_H
#define RATES_H

enum { NO_RATE = -1 };

/* Returns when there is a rate, or none to be had: the connection is closed. */
void rates_start(void);
/* At a rate as it was sent, whole. NO_RATE once the connection is closed: no customer is charged at an old rate. */
long rates_to_crowns(long euros);
/* Hangs up, and waits for the thread: it reads nothing more then. No thread may convert any more. */
void rates_stop(void);

#endif
