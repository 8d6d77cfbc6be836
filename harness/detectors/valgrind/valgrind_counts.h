/*
 * The two ends of a Valgrind report against each other. Each error has a number
 * where it is told, and once the program is gone Valgrind lists the numbers of
 * all that it told. Where the two differ somebody else has written in between,
 * or hidden something. Leaks are told after the program's end, and not listed.
 */
#ifndef LOOSE_VALGRIND_COUNTS_H
#define LOOSE_VALGRIND_COUNTS_H

#include <stdbool.h>
#include <stddef.h>

struct valgrind_counts {
	struct valgrind_count {
		char *number;
		bool told, listed;
	} * items;
	size_t count;
};

/* `number` is "" for an error that has none. */
void valgrind_counts_told(struct valgrind_counts *counts, const char *number, const char *kind);
void valgrind_counts_listed(struct valgrind_counts *counts, const char *number);
/* Every error that was told is listed, and the reverse. */
bool valgrind_counts_agree(const struct valgrind_counts *counts);
void valgrind_counts_release(struct valgrind_counts *counts);

#endif
