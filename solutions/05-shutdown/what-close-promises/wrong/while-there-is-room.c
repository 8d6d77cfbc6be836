/*
 * Tempting  a job that can still be printed may as well be accepted.
 * Refused   as long as customers come there is one more to print, and the press is never closed.
 * test      fails answers_each_customer
 */
#include "press.h"

const struct contract press_contract = {
	.promises =
		{
			"a job is printed at most once",
			"a job that is refused is still its customer's",
			"when press_close() returns, every job that was accepted has been printed",
			"once press_close() has been called, no customer waits for a place",
		},
	.budget = "threads <= 3",
};
