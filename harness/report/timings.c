/* Where the time went: what a cold verify costs, and how well it used the cores. */
#include "parts.h"

#include <stdlib.h>

#include "base/mem.h"
#include "verdict/detector.h"

enum { SLOWEST = 10 };

static long wall_of_one(const struct result *result)
{
	return result->wall_ms / (long)result->runs;
}

static int by_wall(const void *left, const void *right)
{
	const struct result *a = *(const struct result *const *)left, *b = *(const struct result *const *)right;
	long difference = wall_of_one(b) - wall_of_one(a);

	/* The order of the results where the times are the same. */
	return difference ? (difference > 0) - (difference < 0) : (a > b) - (a < b);
}

/* False when nothing was run. */
static bool print_slowest(FILE *out, const struct results *results)
{
	const struct result **run = mem_zeroed(results->count, sizeof(struct result *));
	size_t count = 0;

	for (size_t i = 0; i < results->count; i++)
		if (!results->items[i].cached && results->items[i].runs)
			run[count++] = &results->items[i];
	qsort(run, count, sizeof(struct result *), by_wall);
	if (count)
		fprintf(out, "the slowest runs:     wall       CPU\n");
	for (size_t i = 0; i < count && i < SLOWEST; i++)
		fprintf(out, "  %20ld ms %6ld ms  %s %s under %s\n", wall_of_one(run[i]),
			run[i]->cpu_ms / (long)run[i]->runs, run[i]->program->pitfall, run[i]->program->name,
			run[i]->detector->name);
	if (count == 0)
		fprintf(out, "nothing was run: all results are from the cache\n");
	free(run);
	return count > 0;
}

void report_timings(FILE *out, const struct results *results, int cores)
{
	long least = results->cpu_ms / (cores > 0 ? cores : 1);

	bool any = print_slowest(out, results);
	fprintf(out, "CPU time of all runs  %ld.%01ld s\n", results->cpu_ms / 1000, results->cpu_ms % 1000 / 100);
	fprintf(out, "wall time             %ld.%01ld s on %d %s", results->wall_ms / 1000,
		results->wall_ms % 1000 / 100, cores, cores == 1 ? "core" : "cores");
	/* Without a run the time went into something else. */
	if (any && least > 0 && results->wall_ms > 0)
		fprintf(out, ": %ld%% busy, %ld.%02ld times (CPU time / cores)", least * 100 / results->wall_ms,
			results->wall_ms / least, results->wall_ms % least * 100 / least);
	putc('\n', out);
}
