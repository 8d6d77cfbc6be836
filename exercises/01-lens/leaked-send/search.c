/*
 * Yours to fix. The reader stops at the page it wanted. The thread that looks
 * ahead has four more, and stands at the full queue with a fifth.
 *
 * Promise   when search_end() returns, the search's thread has ended, and its memory is free.
 * test      fails ends_in_the_middle, ends_while_looking
 * budget    fires joined in look_ahead when joined == started
 */
#include "search.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

struct search {
	search_look *look;
	void *archive;
	int pages;
	struct queue hits;
	pthread_t thread;
};

static void *look_ahead(void *arg)
{
	struct search *search = arg;

	for (int page = 1; page <= search->pages; page++)
		if (search->look(search->archive, page))
			(void)queue_put(&search->hits, (void *)(intptr_t)page);
	queue_close(&search->hits);
	return NULL;
}

struct search *search_start(search_look *look, void *archive, int pages)
{
	struct search *search = malloc(sizeof *search);

	HAVE(search);
	*search = (struct search){.look = look, .archive = archive, .pages = pages};
	queue_init(&search->hits, SEARCH_AHEAD);
	NEED(pthread_create(&search->thread, NULL, look_ahead, search));
	CHECK(pthread_detach(search->thread)); /* it ends by itself, after the last page */
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
	(void)search; /* the thread may still need it */
}
