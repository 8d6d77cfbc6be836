/*
 * Tempting  the promises say all that a caller can notice.
 * Refused   a thread on its way out calls nothing and touches nothing of the caller's; only a count of threads
 *           shows it.
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
	.budget = "",
};
