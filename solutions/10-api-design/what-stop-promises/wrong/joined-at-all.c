/*
 * Tempting  a stop that joins is what was asked for, and where nobody joins this count stays zero.
 * Refused   one join is enough for it. A design with several threads joins one and leaves the others, and keeps the bound.
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
	.budget = "joined >= 1",
};
