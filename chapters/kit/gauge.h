/*
 * Gauges and counters: what a program says of itself in numbers, under names of
 * its own: requests in flight, the depth of a queue, what was accepted,
 * rejected, dropped. A leak budget binds threads and memory to them:
 *
 *     threads <= in_flight + 10        queue_depth <= 1000
 *
 *     gauge_add("in_flight", 1);       a request begins
 *     gauge_add("in_flight", -1);      it has ended, and so have its threads
 *     gauge_set("queue_depth", depth); while the queue's lock is held
 *
 * Two may listen: the budget's monitor, if it is loaded, and metrics.h, in a
 * program that exposes its gauges. Without either these calls do nothing. To
 * the monitor they are exact: every change is seen, in one order, even those
 * between two samples.
 *
 * They are not synchronisation, neither for the program nor for a detector. Two
 * threads that set one gauge publish in the order of their calls: call while
 * the lock is held that guards the number. And a bound between a gauge and the
 * threads holds at every moment, so publish first, then start; join first,
 * then take back: a thread that takes back its own request still runs.
 *
 * A name is a C identifier of at most 31 characters, and none of the budget's
 * own: threads, started, joined, detached, unjoined, memory, descriptors, cpu.
 * A gauge starts at 0. A program may have 32 of them.
 */
#ifndef KIT_GAUGE_H
#define KIT_GAUGE_H

/* The monitor's side (harness/runtime/monitor); not there unless it is loaded. */
void loose_gauge_add(const char *name, long amount) __attribute__((weak));
void loose_gauge_set(const char *name, long value) __attribute__((weak));
/* metrics.c; not there unless the program calls something of metrics.h. */
void metrics_gauge_add(const char *name, long amount) __attribute__((weak));
void metrics_gauge_set(const char *name, long value) __attribute__((weak));

/* Adds to a gauge or a counter; takes away when `amount` is negative. Any thread may call it, in a signal handler too. */
static inline void gauge_add(const char *name, long amount)
{
	if (metrics_gauge_add)
		metrics_gauge_add(name, amount);
	if (loose_gauge_add)
		loose_gauge_add(name, amount);
}

/* Gives the gauge this value. */
static inline void gauge_set(const char *name, long value)
{
	if (metrics_gauge_set)
		metrics_gauge_set(name, value);
	if (loose_gauge_set)
		loose_gauge_set(name, value);
}

#endif
