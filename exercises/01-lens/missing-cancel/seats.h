/*
 * The box office of a theatre. A customer who has chosen a seat holds it for some
 * minutes, to pay. When the time is over, the seat is free again. The box office
 * has a clock of its own, which is turned from outside.
 *
 *     struct house *house = house_open(120);
 *     if (seat_hold(house, 17, customer, now + 600))
 *             ...
 *     house_clock(house, now);                  // every second
 *     ...
 *     if (!seat_buy(house, 17, customer))
 *             sorry("you were too slow");
 *     house_close(house);
 *
 * All of these are called by one thread, that of the box office. What they do by
 * threads of their own is their business, with one bound: no more than one for
 * each seat that is held, and one besides for each house. Each of them is joined,
 * and counts until it is.
 *
 * Any number of houses may be open in a process. They know nothing of each other.
 */
#ifndef SEATS_H
#define SEATS_H

#include <stdbool.h>

enum { HOUSE_ROOM = 200 }; /* seats, at most */

struct house;

/* The seats 0 to `seats` - 1 are free, and it is 0 o'clock. */
struct house *house_open(int seats);

/* The customer holds the seat until it is `until`, which lies ahead; a customer is any number. False: it is held or sold. */
bool seat_hold(struct house *house, int seat, int customer, long until);

/*
 * The customer buys the seat that it holds, or gives it back. False: it does
 * not hold this seat, or not any more; a seat that is sold is held by nobody.
 * When they return, nothing is left of the hold: what its time would have done
 * will not be done, its thread, if it had one, has ended, and its memory is free.
 */
bool seat_buy(struct house *house, int seat, int customer);
bool seat_give_back(struct house *house, int seat, int customer);

/*
 * It is `now`; never earlier than the time before. When it returns, every hold
 * whose time has come is over: the seat is free, and nothing is left of the hold.
 */
void house_clock(struct house *house, long now);

/* Ends all holds, and frees the house. */
void house_close(struct house *house);

#endif
