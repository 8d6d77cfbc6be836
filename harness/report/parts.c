#include "parts.h"

#include <string.h>

#include "base/mem.h"
#include "verdict/detector.h"

const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *below_root(const char *root, const char *path)
{
	size_t length = root ? strlen(root) : 0;

	if (length && strncmp(path, root, length) == 0 && path[length] == '/')
		return path + length + 1;
	return path;
}

bool finding_repeats(const struct findings *all, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(all->items[i].kind, all->items[index].kind) == 0 &&
		    strcmp(all->items[i].function, all->items[index].function) == 0)
			return true;
	return false;
}

bool result_is_test(const struct result *result)
{
	return result->detector->tests;
}

char *time_for_people(long long us)
{
	double ms = (double)us / 1000;

	if (ms < 1)
		return mem_format("%.2f ms", ms);
	if (ms < 9.95)
		return mem_format("%.1f ms", ms);
	return ms < 10000 ? mem_format("%.0f ms", ms) : mem_format("%.1f s", ms / 1000);
}

struct tally tally_of(const struct results *results)
{
	struct tally tally = {.checked = results->count};

	for (size_t i = 0; i < results->count; i++) {
		const struct verdict *verdict = &results->items[i].verdict;
		if (verdict->observed == OBSERVED_ERROR)
			tally.errors++;
		else if (verdict->agrees)
			tally.agree++;
		else
			tally.disagree++;
	}
	return tally;
}
