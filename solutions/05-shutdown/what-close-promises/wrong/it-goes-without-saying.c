/*
 * Tempting  a job that the press does not want is not its business.
 * Refused   that is what has to be said: who frees it? A press that thinks it does is right by this contract.
 * test      fails answers_each_customer
 */
#include "press.h"

const struct contract press_contract = {
	.promises =
		{
			"a job is printed at most once",
			"when press_close() returns, every job that was accepted has been printed",
			"once press_close() has been called, no job is accepted any more",
			"once press_close() has been called, no customer waits for a place",
		},
	.budget = "threads <= 3",
};
