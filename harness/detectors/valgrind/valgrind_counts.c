/* The two ends of a Valgrind report. See valgrind_counts.h. */
#include "valgrind_counts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static struct valgrind_count *count_of(struct valgrind_counts *counts, const char *number)
{
	for (size_t i = 0; i < counts->count; i++)
		if (strcmp(counts->items[i].number, number) == 0)
			return &counts->items[i];
	counts->items = mem_resize(counts->items, counts->count + 1, sizeof *counts->items);
	counts->items[counts->count] = (struct valgrind_count){.number = mem_copy(number)};
	return &counts->items[counts->count++];
}

void valgrind_counts_told(struct valgrind_counts *counts, const char *number, const char *kind)
{
	static const char leak[] = "Leak_";

	if (strncmp(kind, leak, sizeof leak - 1) != 0)
		count_of(counts, number)->told = true;
}

void valgrind_counts_listed(struct valgrind_counts *counts, const char *number)
{
	count_of(counts, number)->listed = true;
}

bool valgrind_counts_agree(const struct valgrind_counts *counts)
{
	for (size_t i = 0; i < counts->count; i++)
		if (counts->items[i].told != counts->items[i].listed)
			return false;
	return true;
}

void valgrind_counts_release(struct valgrind_counts *counts)
{
	for (size_t i = 0; i < counts->count; i++)
		free(counts->items[i].number);
	free(counts->items);
	*counts = (struct valgrind_counts){0};
}
