/*
 * Three blocks that are freed while a thread reads them, each through the C library: the answer of getaddrinfo(), the
 * line of getline(), and what stands after a stream of fopencookie(), which fclose() frees by calling the program
 * back. Nothing orders the reads and the frees. Broken.
 *
 * The other side of library_frees.c: what keeps the C library's own frees quiet must not hide these.
 */
#define _GNU_SOURCE
#include "kit/schedule.h"

#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { ALL_READ };

static struct addrinfo *addresses;
static char *line;
static long *written;
static volatile long sum;

static ssize_t note(void *cookie, const char *text, size_t length)
{
	(void)text;
	*(long *)cookie += (long)length;
	return (ssize_t)length;
}

static int drop(void *cookie)
{
	free(cookie);
	return 0;
}

static void read_all(void)
{
	sum += addresses->ai_family;
	sum += line[0];
	sum += *written;
}

static void *reader(void *arg)
{
	read_all();
	schedule_reached(ALL_READ);
	return arg;
}

static void free_addresses(void)
{
	freeaddrinfo(addresses);
}

static void read_on(FILE *from, size_t *room)
{
	*room = 0;
	free(line);
	line = NULL;
	if (getline(&line, room, from) < 0)
		sum++;
}

static void close_stream(FILE *stream)
{
	fclose(stream);
}

int main(void)
{
	FILE *from = fopen("/etc/passwd", "r");
	size_t room = 0;
	pthread_t thread;

	written = calloc(1, sizeof *written);
	FILE *stream = fopencookie(written, "w", (cookie_io_functions_t){.write = note, .close = drop});
	if (!from || !stream || getline(&line, &room, from) < 0 ||
	    getaddrinfo("127.0.0.1", NULL, &(struct addrinfo){.ai_flags = AI_NUMERICHOST}, &addresses) != 0)
		return 1;
	pthread_create(&thread, NULL, reader, NULL);
	schedule_await(ALL_READ);
	free_addresses();
	read_on(from, &room);
	close_stream(stream);
	pthread_join(thread, NULL);
	free(line);
	fclose(from);
	printf("done\n");
	return 0;
}
