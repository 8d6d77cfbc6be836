/*
 * Tempting  to finish everything, and not to wait for what has not begun: both are good.
 * Refused   they contradict each other. No design does both, and the right ones do the first.
 * test      fails admits_what_is_right
 */
#include "press.h"

const struct contract press_contract = {
	.promises =
		{
			"a job is printed at most once",
			"a job that is refused is still its customer's",
			"when press_close() returns, every job that was accepted has been printed",
			"once press_close() has been called, no job is accepted any more",
			"once press_close() has been called, no customer waits for a place",
			"press_close() waits for no job that has not begun",
		},
	.budget = "threads <= 3",
};
