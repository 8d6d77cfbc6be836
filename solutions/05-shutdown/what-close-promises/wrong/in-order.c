/*
 * Tempting  one printer takes one job after the other, and customers like it.
 * Refused   with two printers a short job overtakes a long one; no customer has asked for an order.
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
			"jobs are finished in the order in which they were submitted",
		},
	.budget = "threads <= 3",
};
