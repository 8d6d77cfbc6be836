/*
 * The hits, and whether anybody will read them, are one state under one lock.
 * The thread waits for room once, and then there is some.
 *
 * Tempting  the reader signals when it has taken a hit or has left, and nobody else takes the room: what is there to look
 *           at again?
 * Refused   the test: POSIX lets a wait end without a signal, and the test lets that happen. Then there is no room, and a
 *           hit that nobody has read is written over.
 * test      fails ends_in_the_middle, looks_ahead_but_not_far, reads_all_hits
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
	bool over;     /* nobody will read any more */
	pthread_t thread;
};

/* False when nobody will read any more. */
static bool keep(struct search *search, int page, bool hit)
{
	CHECK(pthread_mutex_lock(&search->lock));
	if (hit && search->count == SEARCH_AHEAD && !search->over)
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
	while (search->count == 0 && !search->complete)
		CHECK(pthread_cond_wait(&search->changed, &search->lock));
	bool more = search->count > 0;
	if (more) {
		*page = search->hits[search->first];
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
