/*
 * Publishes from eight threads at once, also before anybody listens, then reads
 * its own metrics while five threads are held, and prints what it has read.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/gate.h"
#include "kit/gauge.h"
#include "kit/metrics.h"
#include "kit/schedule.h"

enum { PUBLISHERS = 8, TIMES = 1000, HELD = 5 };

static struct gate go = GATE_INITIALIZER;

/* The number is its point: a thread that was joined may count in the kernel for a moment still. */
static void *publish(void *number)
{
	for (int i = 0; i < TIMES; i++)
		gauge_add("accepted_total", 1);
	for (int i = 0; i < TIMES; i++)
		gauge_set("queue_depth", i % 8);
	schedule_leaving((int)(intptr_t)number);
	return NULL;
}

static void *be_held(void *arg)
{
	(void)arg;
	gate_wait(&go);
	return NULL;
}

static void run(pthread_t *threads, int count, void *(*routine)(void *))
{
	for (int i = 0; i < count; i++)
		CHECK(pthread_create(&threads[i], NULL, routine, (void *)(intptr_t)i));
}

static void join(pthread_t *threads, int count)
{
	for (int i = 0; i < count; i++)
		CHECK(pthread_join(threads[i], NULL));
}

static void print_metrics(int port)
{
	static const char request[] = "GET /metrics HTTP/1.0\r\n\r\n";
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	char answer[8192];
	size_t length = 0;
	ssize_t got;
	int server = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	REQUIRE(connect(server, (struct sockaddr *)&address, sizeof address) == 0);
	REQUIRE(write(server, request, sizeof request - 1) == sizeof request - 1);
	while ((got = read(server, answer + length, sizeof answer - 1 - length)) > 0)
		length += (size_t)got;
	close(server);
	answer[length] = '\0';
	const char *text = strstr(answer, "\r\n\r\n");
	REQUIRE(text);
	fputs(text + 4, stdout);
}

int main(void)
{
	pthread_t publishers[PUBLISHERS], held[HELD];
	struct metrics metrics;

	gauge_add("balance", -3);
	run(publishers, PUBLISHERS, publish);
	REQUIRE(metrics_start(&metrics, 0) == 0);
	join(publishers, PUBLISHERS);
	for (int i = 0; i < PUBLISHERS; i++)
		schedule_await_gone(i);
	run(held, HELD, be_held);
	print_metrics(metrics.port);
	REQUIRE(metrics_await(&metrics, 1));
	gate_open(&go);
	join(held, HELD);
	metrics_request_stop(&metrics);
	REQUIRE(!metrics_await(&metrics, 1));
	metrics_stop(&metrics);
	return 0;
}
