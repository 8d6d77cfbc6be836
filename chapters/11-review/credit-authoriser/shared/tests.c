#include "tests.h"

#include <stdio.h>

#include "authoriser.h"
#include "ledger.h"

/* Whether this purchase gets this answer, and its customer has been charged so much afterwards. */
static bool expect(int customer, int currency, long amount, enum answer answer, long charged)
{
	struct purchase purchase = {.customer = customer, .currency = currency, .amount = amount};

	return authorise(&purchase) == answer && ledger_charged(customer) == charged;
}

void run_tests(void)
{
	enum { HOME = CUSTOMERS, ABROAD, LARGE, POOR, NO_CURRENCY = 99 };
	const bool passed[] = {
		expect(HOME, CROWNS, 1999, AUTHORISED, 1999),	  expect(ABROAD, EUROS, 100, AUTHORISED, 1125),
		expect(ABROAD, NO_CURRENCY, 100, DECLINED, 1125), expect(LARGE, CROWNS, 400000, AUTHORISED, 400000),
		expect(POOR, CROWNS, CREDIT + 1, DECLINED, 0),
	};
	int count = 0, all = sizeof passed / sizeof *passed;

	for (int i = 0; i < all; i++)
		count += passed[i];
	printf("functional tests: %d of %d pass\n", count, all);
}
