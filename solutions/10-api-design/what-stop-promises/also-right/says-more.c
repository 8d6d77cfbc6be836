/*
 * The same five, and one that no design breaks: it excludes nothing, and costs
 * nothing. The bounds say in other words that no thread is left to itself, and
 * how many there may be at most: the two of the design with two threads, and
 * main().
 *
 * Promise   every wrong design is excluded, and no right one.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads at exit <= 1
 */
#include "tide.h"

const struct contract tide_contract = {
	.promises =
		{
			"tide_start() starts the gauge",
			"show() is never called by two threads at once",
			"every level that was read is shown",
			"tide_stop() does not wait for the interval to pass",
			"when tide_stop() returns, show() is not running",
			"after tide_stop(), show() is not called again",
		},
	.budget = "detached <= 0, threads <= 3",
};
