/*
 * Tempting  no thread is left when main() returns: that is a budget, and an exact one.
 * Refused   whether a thread that nobody joins has ended by then is luck, and mostly it has.
 * test      fails leaves_no_thread
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
	.budget = "threads at exit <= 1",
};
