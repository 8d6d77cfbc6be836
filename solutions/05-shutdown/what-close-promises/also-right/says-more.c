/*
 * The same, and two sentences more. That no job is being printed follows from
 * the one that all have been; it may help a reader. The bounds allow a third
 * printer, and ask that each is joined.
 *
 * Promise   every wrong design is excluded, and no right one.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads at exit <= 1
 */
#include "press.h"

const struct contract press_contract = {
	.promises =
		{
			"press_open() opens the press",
			"a job is printed at most once",
			"a job that is refused is still its customer's",
			"when press_close() returns, every job that was accepted has been printed",
			"once press_close() has been called, no job is accepted any more",
			"once press_close() has been called, no customer waits for a place",
			"when press_close() returns, no job is being printed",
		},
	.budget = "threads < 6, started == joined",
};
