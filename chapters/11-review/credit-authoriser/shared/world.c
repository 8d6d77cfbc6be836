#include "world.h"

#include "authoriser.h"
#include "kit/schedule.h"
#include "ledger.h"
#include "tests.h"

/* One in a hundred pays abroad, on this day at the moment at which the rate changes from 11.25 to 11.3. */
enum { ABROAD = 57, AT_HOME = 25000 /* 250 crowns */, IN_EUROS = 4000 /* 40 euros */ };
enum { TESTED, HALF_READ, PAID_ABROAD, HUNG_UP };

int feed_number(void)
{
	static const int numbers[] = {2, 1125, 1, 113};
	static int read; /* only touched by the thread that reads */

	switch (read) {
	case 2:
		schedule_await(TESTED);
		break;
	case 3:
		/* The rest of the message is in the next packet. */
		schedule_reached(HALF_READ);
		schedule_await(PAID_ABROAD);
		break;
	case 4:
		schedule_await(HUNG_UP);
		return -1;
	}
	return numbers[read++];
}

void feed_hang_up(void)
{
	schedule_reached(HUNG_UP);
}

/* On this day the bureau answers at once, and knows nothing against anybody. */
bool bureau_vouches(int customer, long patience)
{
	return customer >= 0 && patience != 0;
}

static bool is_charged_right(int customer)
{
	long charged = ledger_charged(customer);

	/* Abroad either rate is right, the one before the change or the one after it. */
	return customer == ABROAD ? charged == 45000 || charged == 45200 : charged == AT_HOME;
}

int world_day(void)
{
	int wrong = 0;

	run_tests();
	schedule_reached(TESTED);
	for (int customer = 0; customer < CUSTOMERS; customer++) {
		struct purchase purchase = {.customer = customer, .currency = CROWNS, .amount = AT_HOME};
		if (customer == ABROAD) {
			purchase.currency = EUROS;
			purchase.amount = IN_EUROS;
			schedule_await(HALF_READ);
		}
		authorise(&purchase);
		if (customer == ABROAD)
			schedule_reached(PAID_ABROAD);
	}
	for (int customer = 0; customer < CUSTOMERS; customer++)
		wrong += !is_charged_right(customer);
	return wrong;
}
