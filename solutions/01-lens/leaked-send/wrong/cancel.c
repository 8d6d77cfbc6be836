/*
 * search_end() cancels the thread, joins it, and frees everything.
 *
 * Tempting  one call that ends a thread wherever it is, and it does wake up who waits.
 * Refused   by the tests: it wakes up, dies, and takes the queue's lock with it, which it had just got back. Another
 *           one, with no hit to put anywhere, is never at a place to die at, and looks at all the pages.
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
	pthread_cancel(search->thread); /* it may have ended already */
	CHECK(pthread_join(search->thread, NULL));
	queue_destroy(&search->hits);
	free(search);
}
