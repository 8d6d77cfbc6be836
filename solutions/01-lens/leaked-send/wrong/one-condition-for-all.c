/*
 * Tempting  the lock and the condition are static: nothing to set up, nothing to take down. Each search has its own
 *           hits and its own end.
 * Refused   the test: a signal wakes one of all that wait at the condition, and that is the thread of another search.
 *           It goes back to sleep, and the one that was meant is never woken.
 * test      fails looks_ahead_but_not_far
 */
#include "search.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
struct search {
	search_look *look;
	void *archive;
	int pages;
	/* all below guarded by lock */
	int hits[SEARCH_AHEAD], first, count;
	bool complete; /* there will be no more hits */
	bool over;     /* nobody will read any more */
	pthread_t thread;
};

/* False when nobody will read any more. */
static bool keep(struct search *search, int page, bool hit)
{
	CHECK(pthread_mutex_lock(&lock));
	while (hit && search->count == SEARCH_AHEAD && !search->over)
		CHECK(pthread_cond_wait(&changed, &lock));
	if (hit && !search->over)
		search->hits[(search->first + search->count++) % SEARCH_AHEAD] = page;
	search->complete = page >= search->pages;
	bool go_on = !search->over;
	CHECK(pthread_cond_signal(&changed));
	CHECK(pthread_mutex_unlock(&lock));
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
	NEED(pthread_create(&search->thread, NULL, look_ahead, search));
	return search;
}

bool search_next(struct search *search, int *page)
{
	CHECK(pthread_mutex_lock(&lock));
	while (search->count == 0 && !search->complete)
		CHECK(pthread_cond_wait(&changed, &lock));
	bool more = search->count > 0;
	if (more) {
		*page = search->hits[search->first];
		search->first = (search->first + 1) % SEARCH_AHEAD;
		search->count--;
		CHECK(pthread_cond_signal(&changed));
	}
	CHECK(pthread_mutex_unlock(&lock));
	return more;
}

void search_end(struct search *search)
{
	CHECK(pthread_mutex_lock(&lock));
	search->over = true;
	CHECK(pthread_cond_signal(&changed));
	CHECK(pthread_mutex_unlock(&lock));
	CHECK(pthread_join(search->thread, NULL));
	free(search);
}
