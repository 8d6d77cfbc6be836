/*
 * Tempting  semaphores count hits and room, so that nobody needs a condition, and the end is a hit that is none.
 * Refused   the test: who takes the end has taken it. The one who asks again waits for ever, for a hit that nobody
 *           will find.
 * test      fails reads_all_hits
 */
#include "search.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "kit/check.h"

struct search {
	search_look *look;
	void *archive;
	int pages;
	pthread_mutex_t lock;
	bool over; /* guarded by lock */
	sem_t room, hits;
	int ring[SEARCH_AHEAD + 1], in, out;
	pthread_t thread;
};

static void await(sem_t *sem)
{
	while (sem_wait(sem) != 0)
		REQUIRE(errno == EINTR);
}

static bool is_over(struct search *search)
{
	CHECK(pthread_mutex_lock(&search->lock));
	bool over = search->over;
	CHECK(pthread_mutex_unlock(&search->lock));
	return over;
}

static void *look_ahead(void *arg)
{
	struct search *search = arg;

	for (int page = 1; page <= search->pages && !is_over(search); page++) {
		if (!search->look(search->archive, page))
			continue;
		await(&search->room);
		if (is_over(search))
			return NULL;
		search->ring[search->in++ % (SEARCH_AHEAD + 1)] = page;
		REQUIRE(sem_post(&search->hits) == 0);
	}
	search->ring[search->in++ % (SEARCH_AHEAD + 1)] = 0;
	REQUIRE(sem_post(&search->hits) == 0);
	return NULL;
}

struct search *search_start(search_look *look, void *archive, int pages)
{
	struct search *search = calloc(1, sizeof *search);

	HAVE(search);
	search->look = look;
	search->archive = archive;
	search->pages = pages;
	CHECK(pthread_mutex_init(&search->lock, NULL));
	REQUIRE(sem_init(&search->room, 0, SEARCH_AHEAD) == 0);
	REQUIRE(sem_init(&search->hits, 0, 0) == 0);
	NEED(pthread_create(&search->thread, NULL, look_ahead, search));
	return search;
}

bool search_next(struct search *search, int *page)
{
	await(&search->hits);
	int hit = search->ring[search->out++ % (SEARCH_AHEAD + 1)];
	if (!hit)
		return false;
	*page = hit;
	REQUIRE(sem_post(&search->room) == 0);
	return true;
}

void search_end(struct search *search)
{
	CHECK(pthread_mutex_lock(&search->lock));
	search->over = true;
	CHECK(pthread_mutex_unlock(&search->lock));
	REQUIRE(sem_post(&search->room) == 0);
	CHECK(pthread_join(search->thread, NULL));
	REQUIRE(sem_destroy(&search->room) == 0);
	REQUIRE(sem_destroy(&search->hits) == 0);
	CHECK(pthread_mutex_destroy(&search->lock));
	free(search);
}
