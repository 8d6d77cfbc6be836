/*
 * The rate of the euro, as the exchange sends it. A thread reads it; it ends
 * when the wire is hung up, by rates_stop() or by the exchange.
 */
#ifndef RATES_H
#define RATES_H

enum { NO_RATE = -1 };

/* Returns when there is a rate, or none to be had: the wire is dead. */
void rates_start(void);
/* At a rate as it was sent, whole. NO_RATE when the wire is dead: nobody is charged at a rate of yesterday. */
long rates_to_crowns(long euros);
/* Hangs up, and waits for the thread: it reads nothing more then. Nobody may convert any more. */
void rates_stop(void);

#endif
