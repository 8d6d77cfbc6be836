/*
 * Tempting  all of it is true of the code in use: one thread, which shows all levels.
 * Refused   a contract is not a description: it excludes a right design for how it is made.
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
			"show() is always called by the same thread",
		},
	.budget = "joined == started",
};
