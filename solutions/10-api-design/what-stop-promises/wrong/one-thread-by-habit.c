/*
 * Tempting  the code in use has one thread, so that nobody needs to say that calls do not overlap.
 * Refused   the next version has a thread for each level, and keeps all that is written down.
 * test      fails keeps_the_board_safe
 */
#include "tide.h"

const struct contract tide_contract = {
	.promises =
		{
			"every level that was read is shown",
			"tide_stop() does not wait for the interval to pass",
			"when tide_stop() returns, show() is not running",
			"after tide_stop(), show() is not called again",
		},
	.budget = "joined == started",
};
