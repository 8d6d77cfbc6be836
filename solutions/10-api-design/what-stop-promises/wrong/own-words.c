/*
 * Tempting  the sentence says what is meant, and better than the header does.
 * Refused   nobody can say what it excludes: not the judge here, and not the next caller.
 * test      fails keeps_the_board_safe, readable
 */
#include "tide.h"

const struct contract tide_contract = {
	.promises =
		{
			"show() is never called by two threads at once",
			"every level that was read is shown",
			"tide_stop() does not wait for the interval to pass",
			"tide_stop() stops cleanly",
			"after tide_stop(), show() is not called again",
		},
	.budget = "joined == started",
};
