/*
 * When the queue is full, the hit is dropped: the thread never waits, sees the stop, and is joined.
 *
 * Tempting  a send that cannot block cannot leak, and in Go it is the first answer one gets: select with a default.
 * Refused   by the tests: it is right where any one answer will do. A reader who is slower than the search now misses
 *           pages, and is not told.
 * test      fails ends_in_the_middle, looks_ahead_but_not_far, reads_all_hits
 */
#include "search.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"
#include "kit/stop.h"

struct search {
	search_look *look;
	void *archive;
	int pages;
	struct queue hits;
	struct stop stop; /* the reader has left */
	pthread_t thread;
};

static void *look_ahead(void *arg)
{
	struct search *search = arg;

	for (int page = 1; page <= search->pages && !stop_requested(&search->stop); page++)
		if (search->look(search->archive, page))
			(void)queue_offer(&search->hits, (void *)(intptr_t)page);
	queue_close(&search->hits);
	return NULL;
}

struct search *search_start(search_look *look, void *archive, int pages)
{
	struct search *search = malloc(sizeof *search);

	HAVE(search);
	*search = (struct search){.look = look, .archive = archive, .pages = pages};
	queue_init(&search->hits, SEARCH_AHEAD);
	stop_init(&search->stop);
	NEED(pthread_create(&search->thread, NULL, look_ahead, search));
	return search;
}

bool search_next(struct search *search, int *page)
{
	void *hit;

	if (!queue_take(&search->hits, &hit))
		return false;
	*page = (int)(intptr_t)hit;
	return true;
}

void search_end(struct search *search)
{
	stop_request(&search->stop);
	CHECK(pthread_join(search->thread, NULL));
	stop_destroy(&search->stop);
	queue_destroy(&search->hits);
	free(search);
}
