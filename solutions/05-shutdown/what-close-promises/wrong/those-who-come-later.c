/*
 * Tempting  who comes after the closing is refused; what more is there to say of customers?
 * Refused   one came before, and waits for a place. Nobody will tell him.
 * test      fails answers_each_customer
 */
#include "press.h"

const struct contract press_contract = {
	.promises =
		{
			"a job is printed at most once",
			"a job that is refused is still its customer's",
			"when press_close() returns, every job that was accepted has been printed",
			"once press_close() has been called, no job is accepted any more",
		},
	.budget = "threads <= 3",
};
