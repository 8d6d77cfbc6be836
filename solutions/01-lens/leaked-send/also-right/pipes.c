/*
 * Hits come through a pipe, and places for them go back through another, a byte for
 * each. To end the search is to close that one: a thread that waits for a place comes
 * back without one, and poll() tells a thread that looks at pages.
 *
 * Promise   when search_end() returns, the search's thread has ended, and its memory is free.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started, threads at exit <= 1
 */
#include "search.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit/check.h"

enum { READ_END, WRITE_END };

struct search {
	search_look *look;
	void *archive;
	int pages;
	int hits[2], places[2]; /* pipes; the thread closes the one end of the hits that it writes to */
	pthread_t thread;
};

/* False: the other end is closed. */
static bool read_whole(int pipe, void *bytes, size_t size)
{
	for (size_t got = 0; got < size;) {
		ssize_t more = read(pipe, (char *)bytes + got, size - got);
		if (more == 0)
			return false;
		if (more > 0)
			got += (size_t)more;
		else
			REQUIRE(errno == EINTR);
	}
	return true;
}

static void write_whole(int pipe, const void *bytes, size_t size)
{
	for (size_t put = 0; put < size;) {
		ssize_t more = write(pipe, (const char *)bytes + put, size - put);
		if (more > 0)
			put += (size_t)more;
		else
			REQUIRE(more < 0 && errno == EINTR);
	}
}

static bool is_over(const struct search *search)
{
	struct pollfd places = {.fd = search->places[READ_END]};
	int events;

	do
		events = poll(&places, 1, 0);
	while (events < 0 && errno == EINTR);
	REQUIRE(events >= 0);
	return places.revents & POLLHUP;
}

static void *look_ahead(void *arg)
{
	struct search *search = arg;
	char place;

	for (int page = 1; page <= search->pages && !is_over(search); page++) {
		if (!search->look(search->archive, page))
			continue;
		/* Places may be left in the pipe when the search is over: then there is one, and the hit is for nobody. */
		if (!read_whole(search->places[READ_END], &place, 1))
			break;
		write_whole(search->hits[WRITE_END], &page, sizeof page);
	}
	REQUIRE(close(search->hits[WRITE_END]) == 0);
	return NULL;
}

struct search *search_start(search_look *look, void *archive, int pages)
{
	struct search *search = malloc(sizeof *search);

	HAVE(search);
	*search = (struct search){.look = look, .archive = archive, .pages = pages};
	HAVE(pipe(search->hits) == 0);
	HAVE(pipe(search->places) == 0);
	for (int i = 0; i < SEARCH_AHEAD; i++)
		write_whole(search->places[WRITE_END], "", 1);
	NEED(pthread_create(&search->thread, NULL, look_ahead, search));
	return search;
}

bool search_next(struct search *search, int *page)
{
	int hit;

	if (!read_whole(search->hits[READ_END], &hit, sizeof hit))
		return false;
	*page = hit;
	write_whole(search->places[WRITE_END], "", 1);
	return true;
}

void search_end(struct search *search)
{
	REQUIRE(close(search->places[WRITE_END]) == 0);
	CHECK(pthread_join(search->thread, NULL));
	REQUIRE(close(search->places[READ_END]) == 0);
	REQUIRE(close(search->hits[READ_END]) == 0);
	free(search);
}
