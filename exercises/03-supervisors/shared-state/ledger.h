/*
 * The ledger of a market: a few stalls, and money that is moved between them.
 * A worker moves it, one transfer after the other, and asks the bank before
 * each of them. When the bank says no, the worker has failed; it is run again,
 * and goes on with the next transfer.
 *
 *     struct ledger *ledger = ledger_open(in_the_morning, ask_bank, bank);
 *     ledger_transfer(ledger, CHEESE, FISH, 40);      // does not wait for it
 *     ...
 *     struct report report = ledger_report(ledger);
 *     ledger_close(ledger);
 *
 * Any number of ledgers may be open in a process. They know nothing of each other.
 */
#ifndef LEDGER_H
#define LEDGER_H

enum { LEDGER_STALLS = 4 };

struct report {
	long balance[LEDGER_STALLS];
	int done, failed; /* transfers */
};

/* Asks whether so much may be moved. 0: it may; else an error number. It may take long. One at a time is asked. */
typedef int ledger_approve(void *context, int from, int to, long amount);

struct ledger;

struct ledger *ledger_open(const long balance[LEDGER_STALLS], ledger_approve *approve, void *context);

/*
 * Any thread. Orders a transfer, and does not wait until it is made; only for
 * room, where many are waiting already. Transfers are made in the order of these
 * calls.
 */
void ledger_transfer(struct ledger *ledger, int from, int to, long amount);

/*
 * Any thread, at any time.
 *
 *   - A report is the state between two transfers: each was made as a whole or
 *     not at all. The balances add up to what they were in the morning.
 *   - A transfer that has failed is counted as such, and nothing else is left
 *     of it. Those before it and after it are not touched by that.
 *   - A report does not wait for the bank. While it is being asked, the report
 *     is the state before that transfer.
 */
struct report ledger_report(struct ledger *ledger);

/* When it returns, all transfers are made or have failed, all threads are joined, and all memory is free. */
void ledger_close(struct ledger *ledger);

#endif
