/* What each customer has been charged, in hundredths of a crown. Any thread may call this. */
#ifndef LEDGER_H
#define LEDGER_H

#include <stdbool.h>

/* The last four of the accounts belong to nobody: the tests pay with them. */
enum { CUSTOMERS = 100, TEST_CUSTOMERS = 4, ACCOUNTS = CUSTOMERS + TEST_CUSTOMERS };
/* Of each customer: 6000 crowns. */
enum { CREDIT = 600000 };

/* False, and nothing is charged, if it would be more than the customer's credit. */
bool ledger_charge(int customer, long amount);
long ledger_charged(int customer);

#endif
