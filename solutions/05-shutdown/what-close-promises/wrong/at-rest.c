/*
 * Tempting  when no job is being printed any more, the press is at rest: what else is a stop?
 * Refused   an empty desk is at rest too, and so is one whose jobs were thrown away.
 * test      fails prints_what_it_accepted
 */
#include "press.h"

const struct contract press_contract = {
	.promises =
		{
			"a job is printed at most once",
			"a job that is refused is still its customer's",
			"once press_close() has been called, no job is accepted any more",
			"once press_close() has been called, no customer waits for a place",
			"when press_close() returns, no job is being printed",
		},
	.budget = "threads <= 3",
};
