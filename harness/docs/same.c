/* Whether a text says what it would say if it were made here. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "docs.h"

/* What stands around the size of a block, or a place in one, in the detectors' words. */
static const struct {
	const char *before, *after;
} around[] = {{"block of size ", ""}, {"block of ", " bytes"}, {"Address is ", " bytes inside"}};

/* How long the number is that begins here and is one of those; 0: none is. */
static size_t size_at(const char *text, const char *at)
{
	size_t digits = strspn(at, "0123456789,");

	for (size_t i = 0; digits && i < sizeof around / sizeof *around; i++) {
		size_t before = strlen(around[i].before);
		if ((size_t)(at - text) >= before && strncmp(at - before, around[i].before, before) == 0 &&
		    strncmp(at + digits, around[i].after, strlen(around[i].after)) == 0)
			return digits;
	}
	return 0;
}

/* Without sizes of blocks, and with lines as long as they like: the words wrap where the digits end. */
static char *sizeless(const char *text)
{
	char *flat = mem_copy(text), *result = mem_copy(text), *to = flat;

	for (const char *from = text; *from;) {
		size_t blank = strspn(from, " \n");
		*to++ = blank ? ' ' : *from;
		from += blank ? blank : 1;
	}
	*to = '\0';
	to = result;
	for (const char *from = flat; *from;) {
		size_t digits = size_at(flat, from);
		*to++ = digits ? '#' : *from;
		from += digits ? digits : 1;
	}
	*to = '\0';
	free(flat);
	return result;
}

bool docs_same(const char *text, const char *made, size_t mutex_size)
{
	if (mutex_size == DOCS_MUTEX_SIZE)
		return strcmp(text, made) == 0;
	char *one = sizeless(text), *other = sizeless(made);
	bool same = strcmp(one, other) == 0;

	free(one);
	free(other);
	return same;
}
