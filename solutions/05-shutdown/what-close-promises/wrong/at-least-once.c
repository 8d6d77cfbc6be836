/*
 * Tempting  nothing may be lost; that it could be done twice occurs to nobody.
 * Refused   the job in hand is printed by the printer and by the thread that closes the press.
 * test      fails prints_what_it_accepted
 */
#include "press.h"

const struct contract press_contract = {
	.promises =
		{
			"a job that is refused is still its customer's",
			"when press_close() returns, every job that was accepted has been printed",
			"once press_close() has been called, no job is accepted any more",
			"once press_close() has been called, no customer waits for a place",
		},
	.budget = "threads <= 3",
};
