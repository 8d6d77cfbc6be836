/*
 * search_end() closes the queue: the put of the thread fails, and it ends. Then it is joined.
 *
 * Tempting  it is what the queue has a close for, the thread at the full queue wakes up, and no detector minds.
 * Refused   by the tests: only a thread that has found something looks at the queue. One that finds nothing goes on to
 *           the last page of the archive, and search_end() with it.
 * test      fails ends_while_looking
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
		if (search->look(search->archive, page) && !queue_put(&search->hits, (void *)(intptr_t)page))
			break;
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
	queue_close(&search->hits);
	CHECK(pthread_join(search->thread, NULL));
	queue_destroy(&search->hits);
	free(search);
}
