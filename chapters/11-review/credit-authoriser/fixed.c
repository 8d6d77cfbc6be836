/*
 * A card's authoriser, with its workers, its rates, its audit log and a day of
 * a hundred purchases. In the morning all functional tests pass.
 *
 * Promise   every customer is charged what the purchase costs, at one of the rates that were in force.
 * Ends      holds: customers 100, charged wrongly 0
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when detached <= 0, joined == started
 */
#include "kit/check.h"
#include "shared/authoriser.h"
#include "shared/ledger.h"
#include "shared/world.h"

int main(void)
{
	authoriser_start();
	int wrong = world_day();
	authoriser_stop();
	return invariant(wrong == 0, "customers %d, charged wrongly %d", CUSTOMERS, wrong);
}
