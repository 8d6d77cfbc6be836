/*
 * Tempting  the figures of the monitor are all good for a budget.
 * Refused   pages are not a figure that is counted here, so nobody can say what this bound excludes.
 * test      fails keeps_its_size, readable
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
	.budget = "pages <= 3",
};
