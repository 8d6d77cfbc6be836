#include "clients.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "kit/loopback.h"
#include "kit/schedule.h"

enum { PATIENCE = 60000 /* ms */ };

static const char head[] = "POST /orders HTTP/1.1\r\nHost: shop\r\nContent-Length: 4\r\n\r\n";

/* Whether the answer is "200 OK". */
static bool is_acknowledged(int wire)
{
	char text[1024] = "";

	for (size_t i = 0; i < sizeof text - 1 && !strstr(text, "\r\n\r\n"); i++)
		if (!loopback_receive(wire, &text[i], 1, PATIENCE))
			return false;
	return strncmp(text, "HTTP/1.1 200", 12) == 0;
}

void *order_slowly(void *arg)
{
	struct client *client = arg;
	int wire = loopback_connect(client->port);
	bool sent = loopback_send(wire, head, strlen(head)) && loopback_send(wire, "ja", 2);

	schedule_await(NO_MORE_CONNECTIONS);
	sent = sent && loopback_send(wire, "m\n", 2);
	client->acknowledged += sent && is_acknowledged(wire);
	close(wire);
	return NULL;
}

static bool order(int wire)
{
	return loopback_send(wire, head, strlen(head)) && loopback_send(wire, "jam\n", 4) && is_acknowledged(wire);
}

void *order_twice(void *arg)
{
	struct client *client = arg;
	int wire = loopback_connect(client->port);

	client->acknowledged += order(wire);
	schedule_reached(FIRST_ANSWERED);
	schedule_await(NONE_IN_FLIGHT);
	client->acknowledged += order(wire);
	schedule_reached(LATE_ONE_ANSWERED);
	close(wire);
	return NULL;
}
