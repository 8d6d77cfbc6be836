/*
 * Yours to write: the contract of press.h. README.md says what its customers
 * need, and designs/ has the programs that it is to judge. Choose from the
 * sentences in press.h.
 *
 * Promise   every wrong design is excluded, and no right one.
 * test      fails answers_each_customer, keeps_its_size, prints_what_it_accepted, readable
 */
#include "press.h"

const struct contract press_contract = {
	.promises = {NULL},
	.budget = "",
};
