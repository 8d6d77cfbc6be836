/* See results.h. */
#include "results.h"

#include <stdlib.h>

#include "verdict/detector.h"
#include "workbook/catalogue.h"

void result_judge(struct result *result)
{
	result->verdict = verdict_of(result->program->declared ? &result->program->declaration : NULL, result->expected,
				     result->detector, &result->seen);
}

static bool did_fire(const struct result *result)
{
	return result->verdict.observed == OBSERVED_FIRES || result->verdict.observed == OBSERVED_FAILS;
}

void result_add_run(struct result *result, struct observation *seen)
{
	struct result next = *result;

	next.seen = *seen;
	result_judge(&next);
	result->runs++;
	result->fired += did_fire(&next);
	result->cpu_ms += seen->cpu_ms;
	result->wall_ms += seen->wall_ms;
	if (seen->peak_kib > result->peak_kib)
		result->peak_kib = seen->peak_kib;
	/* The first that does not agree is the one to show. */
	bool keep_old = result->runs > 1 && !result->verdict.agrees;
	observation_release(keep_old ? &next.seen : &result->seen);
	verdict_release(keep_old ? &next.verdict : &result->verdict);
	if (!keep_old) {
		result->seen = next.seen;
		result->verdict = next.verdict;
	}
}

void results_release(struct results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		observation_release(&results->items[i].seen);
		verdict_release(&results->items[i].verdict);
	}
	free(results->items);
	free(results->unkept);
	*results = (struct results){0};
}
