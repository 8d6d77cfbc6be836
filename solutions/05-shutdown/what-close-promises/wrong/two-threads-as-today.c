/*
 * Tempting  main() and the printer: that is what the program has.
 * Refused   a second printer harms no customer, and the port has bought one.
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
		},
	.budget = "threads <= 2",
};
