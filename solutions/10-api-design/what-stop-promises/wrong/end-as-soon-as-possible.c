/*
 * Tempting  after the stop nobody looks at the board, so that the last level is not a loss.
 * Refused   somebody has asked for it: the log is made of what was shown.
 * test      fails keeps_the_log_whole
 */
#include "tide.h"

const struct contract tide_contract = {
	.promises =
		{
			"show() is never called by two threads at once",
			"tide_stop() does not wait for the interval to pass",
			"when tide_stop() returns, show() is not running",
			"after tide_stop(), show() is not called again",
		},
	.budget = "joined == started",
};
