/*
 * The seat map of a concert hall, on the screens of those who look for a seat.
 * Each visitor has a view: as long as it is open it sends every seat that is
 * sold, and between them heartbeats, so that nobody on the way takes the
 * connection for dead.
 *
 *     struct view *view = view_open(send_to_browser, visitor, 30000);
 *     ...
 *     view_close(view);               // the visitor has hung up
 *
 * Visitors come, lose their connection, and come again, by thousands, on the
 * day on which the tickets are sold. So the hall has a budget:
 *
 *     threads <= 2 * clients + 1,     joined == started
 *
 * where clients are the views that are open, as their owner counts them: one
 * more before view_open() is called, and one less when view_close() has
 * returned. The 1 is the owner's own thread. The hall has none of its own.
 */
#ifndef SEATS_H
#define SEATS_H

enum { SEATS = 100, HEARTBEAT = -1 };

/*
 * Sends a seat that was sold, from 0 to SEATS - 1, or HEARTBEAT. It may take
 * its time. It is never called by two threads at a time for the same view, and
 * may use the visitor without a lock.
 */
typedef void view_send(void *visitor, int seat);

struct view;

/* Opens a view. From now on every seat that is sold is sent, and a heartbeat every `heartbeat` milliseconds. */
struct view *view_open(view_send *send, void *visitor, long heartbeat);

/* Any thread. Each seat is sold once. It does not wait for a message that is under way, to whomever. */
void seat_sold(int seat);

/*
 * Closes the view, once. When it returns,
 *
 *   - send() is not running for it, and will not be called again: the caller
 *     may look at the visitor without a lock, and release it;
 *   - its threads have ended and are joined, and its memory is free.
 *
 * It waits for a message to this visitor that is under way, and does not cut it
 * short. It does not wait for the next heartbeat, nor for seats that are sold and
 * still to be sent. While it waits, others can sell seats and close their views.
 */
void view_close(struct view *view);

#endif
