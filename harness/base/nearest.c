#include "nearest.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * The edits that make one text of the other (optimal string alignment). rows[0] is the row in hand, rows[1] and rows[2] are
 * those before it: row i, column j holds the edits between the first i letters of `a` and the first j of `b`.
 */
static size_t distance(const char *a, const char *b)
{
	size_t length = strlen(b), *rows[3];

	for (int r = 0; r < 3; r++)
		rows[r] = mem_zeroed(length + 1, sizeof **rows);
	for (size_t j = 0; j <= length; j++)
		rows[0][j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t *oldest = rows[2];
		rows[2] = rows[1], rows[1] = rows[0], rows[0] = oldest;
		rows[0][0] = i;
		for (size_t j = 1; j <= length; j++) {
			size_t edits = rows[1][j - 1] + (a[i - 1] != b[j - 1]);
			edits = least(edits, least(rows[1][j], rows[0][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				edits = least(edits, rows[2][j - 2] + 1);
			rows[0][j] = edits;
		}
	}
	size_t edits = rows[0][length];
	for (int r = 0; r < 3; r++)
		free(rows[r]);
	return edits;
}

const char *nearest_name(const char *typed, const char *const *names, size_t count)
{
	const char *nearest = NULL;
	size_t bound = strlen(typed) / 3 + 1;

	for (size_t i = 0; i < count; i++) {
		size_t edits = distance(typed, names[i]);
		if (edits < bound) {
			bound = edits;
			nearest = names[i];
		}
	}
	return nearest;
}
