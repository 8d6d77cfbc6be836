/*
 * Yours to write: the contract of tide.h. Three callers need something of it
 * (README.md), and designs/ has the programs that it is to judge. Choose from
 * the sentences in tide.h.
 *
 * Promise   every wrong design is excluded, and no right one.
 * test      fails keeps_the_board_safe, keeps_the_log_whole, leaves_no_thread, lets_the_caller_go, readable
 */
#include "tide.h"

const struct contract tide_contract = {
	.promises = {NULL},
	.budget = "",
};
