/*
 * Tempting  closing is not printing, and a caller does not expect its thread to be used.
 * Refused   it is a matter of taste: all jobs are printed when it returns, by one thread or another.
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
			"print() is never called by the thread that calls press_close()",
		},
	.budget = "threads <= 3",
};
