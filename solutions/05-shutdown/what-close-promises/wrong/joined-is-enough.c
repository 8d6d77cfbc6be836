/*
 * Tempting  each thread that is started is joined, so none can be left.
 * Refused   none is left in the end, and a thousand are there in between.
 * test      fails keeps_its_size
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
	.budget = "started == joined",
};
