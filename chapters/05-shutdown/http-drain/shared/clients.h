/*
 * The customers, who are the same for both programs, and the points at which
 * they meet the shop's worst moment. They know HTTP and a port.
 */
#ifndef CLIENTS_H
#define CLIENTS_H

enum { FIRST_ANSWERED, NO_MORE_CONNECTIONS, NONE_IN_FLIGHT, LATE_ONE_ANSWERED };

struct client {
	int port;
	int acknowledged; /* orders, by "200 OK" */
};

/* Thread: one order, of which the second half is sent when the shop takes no more connections. */
void *order_slowly(void *client);
/* Thread: two orders over one connection, as HTTP allows. The second comes when no other is in flight. */
void *order_twice(void *client);

#endif
