/*
 * Tempting  one can never go wrong with a promise that is true.
 * Refused   it is true of every design, the wrong ones too.
 * test      fails keeps_the_board_safe, keeps_the_log_whole, leaves_no_thread, lets_the_caller_go
 */
#include "tide.h"

const struct contract tide_contract = {
	.promises =
		{
			"tide_start() starts the gauge",
		},
	.budget = "threads >= 1",
};
