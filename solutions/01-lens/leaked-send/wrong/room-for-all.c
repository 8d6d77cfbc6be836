/*
 * The queue has room for all pages, so the thread never waits for a reader, and can be joined.
 *
 * Tempting  one number has changed, and there is no wait any more that could be in vain.
 * Refused   by the tests: the bound is gone with the wait. The thread runs to the last page in any case, whether
 *           somebody reads or has left, and keeps all that it finds.
 * test      fails ends_in_the_middle, ends_while_looking, looks_ahead_but_not_far
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
	queue_init(&search->hits, (size_t)pages + 1);
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
	CHECK(pthread_join(search->thread, NULL));
	queue_destroy(&search->hits);
	free(search);
}
