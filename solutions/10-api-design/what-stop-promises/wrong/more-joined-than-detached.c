/*
 * Tempting  it asks for joins, it has a figure for what must not be left, and the designs that leave threads seemed to break it.
 * Refused   a bound on the difference is none on what is left. A design that joins two threads for each that it leaves keeps it,
 *           and leaves one more with each level.
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
	.budget = "joined > detached",
};
