/*
 * Hits come through a pipe, and room goes back through another as so many bytes.
 * Closing the reader's end is the stop: it wakes a thread that waits for room, and one
 * that looks at pages sees it in poll().
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
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit/check.h"

/* Tokens for room go one way, hits the other; closing the reader's ends is the stop. */
struct search {
	search_look *look;
	void *archive;
	int pages;
	int hits[2], room[2];
	pthread_t thread;
};

static bool left(struct search *search)
{
	struct pollfd fd = {.fd = search->room[0], .events = 0};

	return poll(&fd, 1, 0) == 1 && fd.revents & POLLHUP;
}

static void *look_ahead(void *arg)
{
	struct search *search = arg;
	char token;

	for (int page = 1; page <= search->pages && !left(search); page++) {
		if (!search->look(search->archive, page))
			continue;
		if (left(search) || read(search->room[0], &token, 1) != 1)
			break;
		REQUIRE(write(search->hits[1], &page, sizeof page) == sizeof page);
	}
	close(search->hits[1]);
	return NULL;
}

struct search *search_start(search_look *look, void *archive, int pages)
{
	struct search *search = malloc(sizeof *search);

	HAVE(search);
	*search = (struct search){.look = look, .archive = archive, .pages = pages};
	HAVE(pipe(search->hits) == 0);
	HAVE(pipe(search->room) == 0);
	for (int i = 0; i < SEARCH_AHEAD; i++)
		REQUIRE(write(search->room[1], "", 1) == 1);
	NEED(pthread_create(&search->thread, NULL, look_ahead, search));
	return search;
}

bool search_next(struct search *search, int *page)
{
	int hit;
	if (read(search->hits[0], &hit, sizeof hit) != sizeof hit)
		return false;
	*page = hit;
	REQUIRE(write(search->room[1], "", 1) == 1);
	return true;
}

void search_end(struct search *search)
{
	close(search->room[1]);
	CHECK(pthread_join(search->thread, NULL));
	close(search->room[0]);
	close(search->hits[0]);
	free(search);
}
