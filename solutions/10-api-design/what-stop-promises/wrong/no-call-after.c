/*
 * Tempting  a call that comes after the stop is what crashed last month.
 * Refused   a call that has begun before is still on the board when tide_stop() returns.
 * test      fails keeps_the_board_safe
 */
#include "tide.h"

const struct contract tide_contract = {
	.promises =
		{
			"show() is never called by two threads at once",
			"every level that was read is shown",
			"tide_stop() does not wait for the interval to pass",
			"after tide_stop(), show() is not called again",
		},
	.budget = "joined == started",
};
