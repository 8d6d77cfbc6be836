/*
 * The registry uses C11 atomics, as few programs of this book do. A mutex would
 * order the threads that publish, and hide from a detector the very races that
 * the program has; it could not be taken in a signal handler either. Relaxed
 * atomics order nothing. Every change is a read-modify-write, never a plain
 * store: Helgrind and DRD take those for reads, and do not call them a race.
 */
#include "metrics.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "gauge.h"

enum { MOST_GAUGES = 32, LONGEST_NAME = 31, CONNECTIONS = 8, IDLE_SECONDS = 60 };

/* Filled from the front; a slot that has a name keeps it. */
static struct slot {
	_Atomic(const char *) name;
	atomic_long value;
} slots[MOST_GAUGES];

/* --- the registry --------------------------------------------------------------------------------------------------*/

static bool is_good_name(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < length; i++)
		if (name[i] != '_' && !(name[i] >= 'a' && name[i] <= 'z') && !(name[i] >= 'A' && name[i] <= 'Z') &&
		    !(i > 0 && name[i] >= '0' && name[i] <= '9'))
			return false;
	return length > 0 && length <= LONGEST_NAME && strcmp(name, "threads") != 0;
}

/* The gauge of that name, made if need be; NULL when it cannot be. */
static struct slot *slot_of(const char *name)
{
	for (struct slot *slot = slots; slot < slots + MOST_GAUGES; slot++) {
		const char *there = atomic_load_explicit(&slot->name, memory_order_relaxed);

		if (!there && !is_good_name(name))
			return NULL;
		/* Another thread may be quicker; then `there` becomes the name that it has put here. */
		if (!there && atomic_compare_exchange_strong_explicit(&slot->name, &there, name, memory_order_relaxed,
								      memory_order_relaxed))
			return slot;
		if (strcmp(there, name) == 0)
			return slot;
	}
	return NULL;
}

void metrics_gauge_add(const char *name, long amount)
{
	struct slot *slot = slot_of(name);

	if (slot)
		atomic_fetch_add_explicit(&slot->value, amount, memory_order_relaxed);
}

void metrics_gauge_set(const char *name, long value)
{
	struct slot *slot = slot_of(name);

	if (slot)
		atomic_exchange_explicit(&slot->value, value, memory_order_relaxed);
}

/* --- the text ------------------------------------------------------------------------------------------------------*/

static const char *type_of(const char *name)
{
	size_t length = strlen(name);

	return length > 6 && strcmp(name + length - 6, "_total") == 0 ? "counter" : "gauge";
}

static size_t put(char *text, size_t length, const char *name, long value)
{
	int more = snprintf(text + length, METRICS_TEXT_SIZE - length, "# TYPE %s %s\n%s %ld\n", name, type_of(name),
			    name, value);

	REQUIRE(more > 0 && (size_t)more < METRICS_TEXT_SIZE - length);
	return length + (size_t)more;
}

size_t metrics_text(char text[METRICS_TEXT_SIZE], long threads)
{
	size_t length = put(text, 0, "threads", threads);

	for (size_t i = 0; i < MOST_GAUGES; i++) {
		const char *name = atomic_load_explicit(&slots[i].name, memory_order_relaxed);
		if (name)
			length = put(text, length, name, atomic_load_explicit(&slots[i].value, memory_order_relaxed));
	}
	return length;
}

/* Threads of this process; 0 when they cannot be counted, for instance because no descriptor is left. */
static long count_threads(void)
{
	char line[256];
	long threads = 0;
	FILE *status = fopen("/proc/self/status", "r");

	while (status && fgets(line, sizeof line, status))
		if (strncmp(line, "Threads:", 8) == 0)
			threads = strtol(line + 8, NULL, 10);
	if (status)
		fclose(status);
	return threads;
}

/* --- the server ----------------------------------------------------------------------------------------------------*/

static enum MHD_Result reply(struct MHD_Connection *connection, unsigned status, const char *type, char *text,
			     size_t length)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(length, text, MHD_RESPMEM_MUST_COPY);

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	enum MHD_Result result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

/* Called for each request; *scrape is NULL at first, and handed to on_completed(). */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
				  const char *version, const char *body, size_t *size, void **scrape)
{
	char text[METRICS_TEXT_SIZE] = "see /metrics\n";

	(void)version;
	(void)body;
	(void)size;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 || strcmp(url, "/metrics") != 0)
		return reply(connection, MHD_HTTP_NOT_FOUND, "text/plain", text, strlen(text));
	long threads = count_threads();
	/* No answer is better than a wrong one: the scrape fails, and that can be seen. */
	if (threads == 0)
		return MHD_NO;
	size_t length = metrics_text(text, threads);
	*scrape = context;
	return reply(connection, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", text, length);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **scrape,
			 enum MHD_RequestTerminationCode how)
{
	struct metrics *metrics = context;

	(void)connection;
	if (!*scrape || how != MHD_REQUEST_TERMINATED_COMPLETED_OK)
		return;
	CHECK(pthread_mutex_lock(&metrics->lock));
	metrics->scrapes++;
	CHECK(pthread_cond_broadcast(&metrics->changed));
	CHECK(pthread_mutex_unlock(&metrics->lock));
}

/* A socket that listens on this machine alone; *port is what it got. -1 with errno. */
static int listen_on(int *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
	socklen_t size = sizeof address;
	int listening = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listening < 0)
		return -1;
	/* Or a service that was just stopped could not be started again on its port. */
	setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	if (bind(listening, (struct sockaddr *)&address, size) == 0 && listen(listening, CONNECTIONS) == 0 &&
	    getsockname(listening, (struct sockaddr *)&address, &size) == 0) {
		*port = ntohs(address.sin_port);
		return listening;
	}
	int error = errno;
	close(listening);
	errno = error;
	return -1;
}

static void release(struct metrics *metrics)
{
	CHECK(pthread_cond_destroy(&metrics->changed));
	CHECK(pthread_mutex_destroy(&metrics->lock));
}

int metrics_start(struct metrics *metrics, int port)
{
	*metrics = (struct metrics){.port = port};
	int listening = listen_on(&metrics->port);

	if (listening < 0)
		return -1;
	CHECK(pthread_mutex_init(&metrics->lock, NULL));
	CHECK(pthread_cond_init(&metrics->changed, NULL));
	errno = 0;
	metrics->daemon =
		MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC, 0, NULL, NULL,
				 on_request, metrics, MHD_OPTION_LISTEN_SOCKET, listening, MHD_OPTION_NOTIFY_COMPLETED,
				 on_completed, metrics, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
				 MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_END);
	if (metrics->daemon)
		return 0;
	/* It may have closed the socket or not; to close it once more might close somebody else's. */
	int error = errno ? errno : EAGAIN;
	release(metrics);
	errno = error;
	return -1;
}

void metrics_request_stop(struct metrics *metrics)
{
	CHECK(pthread_mutex_lock(&metrics->lock));
	metrics->stopped = true;
	CHECK(pthread_cond_broadcast(&metrics->changed));
	CHECK(pthread_mutex_unlock(&metrics->lock));
}

void metrics_stop(struct metrics *metrics)
{
	metrics_request_stop(metrics);
	int listening = MHD_quiesce_daemon(metrics->daemon);

	MHD_stop_daemon(metrics->daemon);
	close(listening);
	release(metrics);
}

bool metrics_await(struct metrics *metrics, unsigned long scrapes)
{
	CHECK(pthread_mutex_lock(&metrics->lock));
	while (!metrics->stopped && metrics->scrapes < scrapes)
		CHECK(pthread_cond_wait(&metrics->changed, &metrics->lock));
	bool reached = !metrics->stopped;
	CHECK(pthread_mutex_unlock(&metrics->lock));
	return reached;
}
