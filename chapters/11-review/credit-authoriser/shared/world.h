/*
 * What is outside the service: the rates from an exchange, the bureau that
 * knows who pays, and a day. They are played here, so that the day is the same
 * in every run.
 */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>

/*
 * The next number from the exchange. A rate comes as two: how many digits come
 * after the point, and the digits; 2 and 1125 are 11.25 crowns for a euro.
 * Waits until a number comes; -1 once the connection is closed. One thread
 * reads, and any thread may hang up, even while it waits.
 */
int feed_number(void);
void feed_hang_up(void);

enum { FOR_EVER = -1 };

/* Whether the bureau vouches for a customer. False when no answer has come within `patience` milliseconds. */
bool bureau_vouches(int customer, long patience);

/*
 * A day: the tests in the morning, before the service opens, and then a purchase
 * by each customer. Tells how many of them were charged a wrong amount.
 */
int world_day(void);

#endif
