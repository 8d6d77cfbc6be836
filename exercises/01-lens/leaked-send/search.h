/*
 * A search in an archive of old newspapers, page by page. Looking at a page
 * takes long, so a thread looks ahead while the reader reads what was found.
 *
 *     struct search *search = search_start(looks_like_a_flood, &archive, 40000);
 *     while (search_next(search, &page) && !is_the_one(page))
 *             ;
 *     search_end(search);      // most readers stop at the page they wanted
 *     archive_close(&archive);
 *
 * Any number of searches may run in a process. They know nothing of each other.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include <stdbool.h>

/* Whether the page is a hit. Called by the search's thread; it may take its time. */
typedef bool search_look(void *archive, int page);

struct search;

enum { SEARCH_AHEAD = 4 }; /* hits that are kept for the reader, at most */

/*
 * Starts a thread that looks at the pages 1 to `pages`, in this order. When it
 * has found SEARCH_AHEAD hits that nobody has read, it may find one more, and
 * then it waits for the reader. The caller ends the search.
 */
struct search *search_start(search_look *look, void *archive, int pages);

/* The next hit, in the order of the pages; waits for it. False: there are no more, however often one asks. */
bool search_next(struct search *search, int *page);

/*
 * Ends the search, at any time: the reader need not have read all hits. From
 * here on no page is looked at any more, except for one that is under way.
 * When it returns, the thread has ended and was joined, all memory of the
 * search is free, and the caller may close the archive without a lock. Called
 * once, by the thread that reads.
 */
void search_end(struct search *search);

#endif
