/*
 * Five sentences and a bound. Each is there for one wrong design that keeps
 * all the others: take it away, and that design is somebody's next version.
 * What is not there, a right design may do: show from several threads in turn,
 * start a thread for each level, take as long as show() takes.
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
			"show() is never called by two threads at once",
			"every level that was read is shown",
			"tide_stop() does not wait for the interval to pass",
			"when tide_stop() returns, show() is not running",
			"after tide_stop(), show() is not called again",
		},
	.budget = "joined == started",
};
