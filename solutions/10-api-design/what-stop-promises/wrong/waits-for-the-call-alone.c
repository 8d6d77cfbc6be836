/*
 * Tempting  when tide_stop() returns, show() is not running: what more could a board want?
 * Refused   the thread sleeps at that moment, and calls show() once more an hour later.
 * test      fails keeps_the_board_safe
 */
#include "tide.h"

const struct contract tide_contract = {
	.promises =
		{
			"show() is never called by two threads at once",
			"every level that was read is shown",
			"tide_stop() does not wait for the interval to pass",
			"when tide_stop() returns, show() is not running",
		},
	.budget = "joined == started",
};
