/*
 * Tempting  a stop that is safe may take its time, and nobody has asked how long.
 * Refused   it takes an hour, and the operator who stops the service kills it after ten seconds.
 * test      fails lets_the_caller_go
 */
#include "tide.h"

const struct contract tide_contract = {
	.promises =
		{
			"show() is never called by two threads at once",
			"every level that was read is shown",
			"when tide_stop() returns, show() is not running",
			"after tide_stop(), show() is not called again",
		},
	.budget = "joined == started",
};
