/*
 * search_end() reads the hits that nobody wanted, until there are no more. Then it joins the thread.
 *
 * Tempting  the thread never waits in vain, it ends in its own good time, and nothing has to be told to anybody.
 * Refused   by the tests: that time is the rest of the archive. Stopping at the first page costs as much as all of them.
 * test      fails ends_in_the_middle, ends_while_looking
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
	void *unread;

	while (queue_take(&search->hits, &unread))
		;
	CHECK(pthread_join(search->thread, NULL));
	queue_destroy(&search->hits);
	free(search);
}
