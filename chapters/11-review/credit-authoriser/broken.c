/*
 * A card's authoriser, with its workers, its rates, its audit log and a day of
 * a hundred purchases. In the morning all functional tests pass.
 *
 * Promise   every customer is charged what the purchase costs, at one of the rates that were in force.
 * Ends      broken: customers 100, charged wrongly 1
 * tsan      fires  data-race in store
 * helgrind  fires  Race in rates_to_crowns, Race in store
 * drd       fires  ConflictingAccess in rates_to_crowns, ConflictingAccess in store
 * memcheck  blind  every byte is alive and has a value; that two of them are of two rates, no memory tool can know
 * budget    fires  detached in audit_loop, joined in refresh_loop when detached <= 0, joined == started
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
