/*
 * A tide gauge: a thread of its own reads the water level, again after each
 * interval, and shows it on a board.
 *
 *     struct tide *tide = tide_start(read_level, show, &board, 3600);
 *     ...
 *     tide_stop(tide);
 *
 * What tide_stop() promises is not written down yet. That is yours: tide.c.
 *
 * The sentences of which a promise is made, and no other:
 *
 *     tide_start() starts the gauge
 *     tide_start() returns when the first level has been shown
 *     show() is always called by the same thread
 *     show() is never called by two threads at once
 *     every level that was read is shown
 *     tide_stop() returns at once, even while show() is running
 *     tide_stop() does not wait for the interval to pass
 *     when tide_stop() returns, show() is not running
 *     after tide_stop(), show() is not called again
 *
 * The budget is of a program that starts the gauge, has two levels shown, stops
 * it, and returns from main(). kit/contract.h says how it is written.
 */
#ifndef TIDE_H
#define TIDE_H

#include "kit/contract.h"

typedef long tide_read(void *board);
/* May take its time. */
typedef void tide_show(void *board, long level);

struct tide;

struct tide *tide_start(tide_read *read, tide_show *show, void *board, long interval);
void tide_stop(struct tide *tide);

/* What stands above tide_stop() in the header that callers will read. */
extern const struct contract tide_contract;

#endif
