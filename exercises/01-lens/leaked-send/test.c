/*
 * What search.h promises, seen from outside. The archive belongs to the search
 * until search_end() has returned, and then to the test; so archive.last has no
 * lock, on purpose. That a thread has ended the test learns from the destructor
 * of a key, which the thread runs as it ends.
 */
#include "search.h"

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum { PAGES = 100, PATIENCE = 8000 /* ms: only a search that does not end is given all of it */ };
enum { MISS, HIT }; /* points: the page that is held goes on, and that is what look() says of it */

static struct archive {
	pthread_mutex_t lock;
	int looked;	   /* guarded by lock */
	int threads_ended; /* guarded by lock: of those that have looked */
	int elsewhere;	   /* pages of other archives that were looked at; guarded by lock */
	int last;	   /* page that was looked at; the search's, then the test's */
	pthread_key_t key; /* of a thread that looks */
	bool held;	   /* look() waits for MISS, or for HIT, */
	int held_from;	   /* from this page on */
	int every;	   /* so many pages have one hit; 0: there is none */
} archive = {.lock = PTHREAD_MUTEX_INITIALIZER, .every = 1};

static void thread_ends(void *unused)
{
	(void)unused;
	CHECK(pthread_mutex_lock(&archive.lock));
	archive.threads_ended++;
	CHECK(pthread_mutex_unlock(&archive.lock));
}

static int read_count(const int *count)
{
	CHECK(pthread_mutex_lock(&archive.lock));
	int now = *count;
	CHECK(pthread_mutex_unlock(&archive.lock));
	return now;
}

static bool look(void *arg, int page)
{
	struct archive *in = arg;

	CHECK(pthread_setspecific(in->key, in));
	CHECK(pthread_mutex_lock(&in->lock));
	in->looked++;
	CHECK(pthread_mutex_unlock(&in->lock));
	if (in->held && page >= in->held_from)
		schedule_await(in->every ? HIT : MISS);
	in->last = page;
	return in->every && page % in->every == 0;
}

/* In an archive of its own, of another reader. */
static bool look_elsewhere(void *unused, int page)
{
	(void)unused;
	CHECK(pthread_mutex_lock(&archive.lock));
	archive.elsewhere++;
	CHECK(pthread_mutex_unlock(&archive.lock));
	return page % 2 == 0;
}

static struct search *start(int pages)
{
	return search_start(look, &archive, pages);
}

static void prepare(void)
{
	schedule_wake_in_vain();
	CHECK(pthread_key_create(&archive.key, thread_ends));
}

TestSuite(search, .init = prepare, .timeout = 60);

/* --- search_end(), in a thread of its own, so that the test goes on if it does not return --- */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool asks; /* for another hit, before it ends; has no lock, nor has the answer: */
	bool was_one;
	bool returned; /* guarded by lock */
} call = {.lock = PTHREAD_MUTEX_INITIALIZER};

static pthread_t caller;

static void *call_end(void *search)
{
	int page;

	call.was_one = call.asks && search_next(search, &page);
	search_end(search);
	CHECK(pthread_mutex_lock(&call.lock));
	call.returned = true;
	CHECK(pthread_cond_signal(&call.changed));
	CHECK(pthread_mutex_unlock(&call.lock));
	return NULL;
}

static void begin_end(struct search *search)
{
	deadline_cond_init(&call.changed);
	call.returned = false;
	CHECK(pthread_create(&caller, NULL, call_end, search));
}

static bool has_returned(void)
{
	CHECK(pthread_mutex_lock(&call.lock));
	bool returned = call.returned;
	CHECK(pthread_mutex_unlock(&call.lock));
	return returned;
}

static void await_end(void)
{
	struct timespec end = deadline_in(PATIENCE);

	CHECK(pthread_mutex_lock(&call.lock));
	while (!call.returned && deadline_cond_wait(&call.changed, &call.lock, &end))
		;
	bool returned = call.returned;
	CHECK(pthread_mutex_unlock(&call.lock));
	cr_assert(returned, "%s has not returned after %d ms",
		  call.asks ? "search_next() after the last hit, or search_end()," : "search_end()", PATIENCE);
	CHECK(pthread_join(caller, NULL));
	CHECK(pthread_cond_destroy(&call.changed));
}

/* --- what is promised --- */

Test(search, reads_all_hits)
{
	struct search *search = start(60);
	int page, hits = 0;

	schedule_await_blocked(); /* the thread is as far ahead as it may be */
	while (hits < 30 && search_next(search, &page))
		cr_assert_eq(page, ++hits);
	/* From here on the reader never waits: a wake-up that another search gets instead would be luck. */
	struct search *other = search_start(look_elsewhere, NULL, 40);
	for (schedule_await_blocked(); search_next(search, &page); schedule_await_blocked())
		cr_assert_eq(page, ++hits);
	cr_assert_eq(hits, 60);
	call.asks = true;
	begin_end(search);
	await_end();
	cr_assert_not(call.was_one, "there were no more hits, and then there was another");
	for (hits = 0; search_next(other, &page); hits++)
		;
	cr_assert_eq(hits, 20, "one search has ended, and another one gives %d hits of 20", hits);
	search_end(other);
	other = search_start(look_elsewhere, NULL, 0);
	cr_assert_not(search_next(other, &page), "there are no pages, and page %d is a hit", page);
	search_end(other);
}

/*
 * Each second page is a hit. When the last one is found, and there is no room for it, the thread of another search waits
 * already: one wake-up for any of those that wait is not enough.
 */
Test(search, looks_ahead_but_not_far)
{
	archive.every = 2;
	archive.held = true;
	archive.held_from = archive.every * (SEARCH_AHEAD + 1);
	struct search *other = search_start(look_elsewhere, NULL, PAGES);
	struct search *search = start(PAGES);
	schedule_await_blocked();
	schedule_reached(HIT);
	schedule_await_blocked();
	int hits = read_count(&archive.looked) / archive.every;
	begin_end(search);
	await_end();
	search_end(other);
	cr_assert_gt(hits, 0, "nobody looks while the reader reads");
	cr_assert_geq(hits, SEARCH_AHEAD, "%d hits are to be kept for the reader, and %d were found", SEARCH_AHEAD,
		      hits);
	cr_assert_leq(hits, SEARCH_AHEAD + 1, "%d hits are kept for a reader that has read none", hits);
}

Test(search, ends_in_the_middle)
{
	enum { READ = 2 };
	struct search *search = start(PAGES);
	int page;

	schedule_await_blocked(); /* what is kept is full: room for one hit is room enough to look again */
	for (int i = 0; i < READ; i++)
		cr_assert(search_next(search, &page));
	schedule_await_blocked();
	int looked = read_count(&archive.looked);
	begin_end(search);
	await_end();
	cr_assert_eq(read_count(&archive.threads_ended), 1, "search_end() has returned, and the thread has not ended");
	cr_assert_eq(read_count(&archive.looked), looked, "pages were looked at that nobody will read");
	cr_assert_leq(archive.last, looked);
	cr_assert(looked >= READ + SEARCH_AHEAD && looked <= READ + SEARCH_AHEAD + 1,
		  "%d hits were read, %d are to be kept, and %d were found", READ, SEARCH_AHEAD, looked);
}

/* The page that is under way is a miss, or a hit. Meanwhile another search goes on. */
Test(search, ends_while_looking)
{
	archive.held = true;
	for (archive.every = 0; archive.every < 2; archive.every++) {
		struct search *search = start(PAGES);
		schedule_await_blocked();
		struct search *other = search_start(look_elsewhere, NULL, 1);
		begin_end(search);
		schedule_await_blocked();
		bool too_early = has_returned();
		int elsewhere = read_count(&archive.elsewhere);
		schedule_reached(archive.every ? HIT : MISS);
		await_end();
		search_end(other);
		cr_assert_not(too_early, "search_end() has returned, and a page is being looked at");
		cr_assert_eq(archive.last, 1, "page %d was looked at after the end", archive.last);
		cr_assert_eq(elsewhere, archive.every + 1, "a page is being looked at, and no other search can look");
	}
}
