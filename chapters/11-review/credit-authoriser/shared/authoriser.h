/*
 * Authorises what the customers of a card pay with it: converts what is not in
 * crowns, asks the bureau about what is large, charges the account.
 *
 *     authoriser_start();
 *     ...
 *     struct purchase purchase = {.customer = 7, .currency = EUROS, .amount = 4000};
 *     if (authorise(&purchase) == AUTHORISED) ...
 *     ...
 *     authoriser_stop();
 *
 * There is one in a process, and it is started and stopped once. Amounts are in
 * hundredths.
 */
#ifndef AUTHORISER_H
#define AUTHORISER_H

#include <stdbool.h>

enum currency { CROWNS, EUROS };
enum answer { DECLINED, AUTHORISED };

struct purchase {
	int customer;
	enum currency currency;
	long amount;
	/* of the authoriser, until authorise() returns */
	enum answer answer;
	bool answered;
};

/* Returns when there are rates. */
void authoriser_start(void);

/* Waits for the answer. Any thread may call it, several at a time. What is authorised has been charged. */
enum answer authorise(struct purchase *purchase);

/*
 * When it returns, which it does within seconds, every purchase has been
 * answered, each answer is in the audit log, and nothing of the authoriser
 * runs any more. No thread may be in authorise() while it is called, or call it
 * afterwards.
 */
void authoriser_stop(void);

#endif
