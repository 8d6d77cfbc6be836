/*
 * Tempting  the more a contract promises, the better for its callers.
 * Refused   no design can keep both: to return at once while show() runs, and not to return while it runs.
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
			"tide_stop() returns at once, even while show() is running",
		},
	.budget = "joined == started",
};
