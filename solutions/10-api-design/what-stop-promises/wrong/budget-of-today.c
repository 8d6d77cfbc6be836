/*
 * Tempting  the code in use starts one thread, so that is the bound.
 * Refused   two right designs start more, and their callers are none the worse for it.
 * test      fails admits_what_is_right
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
	.budget = "joined == started, started <= 1",
};
