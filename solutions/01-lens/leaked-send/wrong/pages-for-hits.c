/*
 * Tempting  how far it looks ahead is counted in pages, and when the reader waits it goes on.
 * Refused   the test: hits are what the reader finds ready, and of four pages most are none.
 * test      fails looks_ahead_but_not_far
 */
#include "search.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct search {
	search_look *look;
	void *archive;
	int pages;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	int hits[SEARCH_AHEAD], first, count;
	bool complete; /* there will be no more hits */
	int looked, read;
	bool waits;
	bool over; /* nobody will read any more */
	pthread_t thread;
};

/* False when nobody will read any more. */
static bool keep(struct search *search, int page, bool hit)
{
	CHECK(pthread_mutex_lock(&search->lock));
	search->looked = page;
	while (((hit && search->count == SEARCH_AHEAD) ||
		(!search->waits && search->looked - search->read >= SEARCH_AHEAD + 1 - !hit)) &&
	       !search->over)
		CHECK(pthread_cond_wait(&search->changed, &search->lock));
	if (hit && !search->over)
		search->hits[(search->first + search->count++) % SEARCH_AHEAD] = page;
	search->complete = page >= search->pages;
	bool go_on = !search->over;
	CHECK(pthread_cond_broadcast(&search->changed));
	CHECK(pthread_mutex_unlock(&search->lock));
	return go_on;
}

static void *look_ahead(void *arg)
{
	struct search *search = arg;
	bool go_on = keep(search, 0, false); /* an archive may have no page */

	for (int page = 1; page <= search->pages && go_on; page++)
		go_on = keep(search, page, search->look(search->archive, page));
	return NULL;
}

struct search *search_start(search_look *look, void *archive, int pages)
{
	struct search *search = malloc(sizeof *search);

	HAVE(search);
	*search = (struct search){.look = look, .archive = archive, .pages = pages};
	CHECK(pthread_mutex_init(&search->lock, NULL));
	CHECK(pthread_cond_init(&search->changed, NULL));
	NEED(pthread_create(&search->thread, NULL, look_ahead, search));
	return search;
}

bool search_next(struct search *search, int *page)
{
	CHECK(pthread_mutex_lock(&search->lock));
	search->waits = search->count == 0;
	CHECK(pthread_cond_broadcast(&search->changed));
	while (search->count == 0 && !search->complete)
		CHECK(pthread_cond_wait(&search->changed, &search->lock));
	search->waits = false;
	bool more = search->count > 0;
	if (more) {
		search->read = *page = search->hits[search->first];
		search->first = (search->first + 1) % SEARCH_AHEAD;
		search->count--;
		CHECK(pthread_cond_broadcast(&search->changed));
	}
	CHECK(pthread_mutex_unlock(&search->lock));
	return more;
}

void search_end(struct search *search)
{
	CHECK(pthread_mutex_lock(&search->lock));
	search->over = true;
	CHECK(pthread_cond_broadcast(&search->changed));
	CHECK(pthread_mutex_unlock(&search->lock));
	CHECK(pthread_join(search->thread, NULL));
	CHECK(pthread_cond_destroy(&search->changed));
	CHECK(pthread_mutex_destroy(&search->lock));
	free(search);
}
