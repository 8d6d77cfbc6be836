/* The time by which the harness measures, and waits until a deadline. */
#ifndef LOOSE_CLOCK_H
#define LOOSE_CLOCK_H

/* Milliseconds since some moment in the past, by CLOCK_MONOTONIC: it never goes back when somebody sets the machine's time. */
long clock_now_ms(void);

#endif
