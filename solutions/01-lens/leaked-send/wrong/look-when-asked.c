/*
 * No thread: search_next() looks for the next hit when it is called.
 *
 * Tempting  without a thread there is nothing to leak, and half of the file is gone. All detectors are content.
 * Refused   by the tests: the thread was there so that the reader does not wait while it could read. It is right to ask
 *           whether a thread is needed at all; here the header says that it is.
 * test      fails ends_in_the_middle, ends_while_looking, looks_ahead_but_not_far
 */
#include "search.h"

#include <stdlib.h>

#include "kit/check.h"

struct search {
	search_look *look;
	void *archive;
	int pages, page;
};

struct search *search_start(search_look *look, void *archive, int pages)
{
	struct search *search = malloc(sizeof *search);

	HAVE(search);
	*search = (struct search){.look = look, .archive = archive, .pages = pages};
	return search;
}

bool search_next(struct search *search, int *page)
{
	while (search->page < search->pages)
		if (search->look(search->archive, *page = ++search->page))
			return true;
	return false;
}

void search_end(struct search *search)
{
	free(search);
}
