#include "recording.h"

#include <stdlib.h>

#include "base/mem.h"
#include "command.h"
#include "verdict/detector.h"

struct sightings {
	struct sighting *items;
	size_t count;
};

static void gather(struct sightings *sightings, const struct program *program, const struct results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		if (result->program != program)
			continue;
		for (size_t j = 0; j < result->seen.findings.count; j++) {
			sightings->items = mem_resize(sightings->items, sightings->count + 1, sizeof *sightings->items);
			sightings->items[sightings->count++] =
				(struct sighting){result->detector, &result->seen.findings.items[j]};
		}
	}
}

/* A program that ends badly has a trace up to there; the tracer that has not recorded has none. */
static int take_trace(const struct program *program, struct results *results, struct trace *trace)
{
	struct observation *seen = results->count ? &results->items[0].seen : NULL;

	if (!seen || !seen->trace)
		return cannot_judge("%s of %s was not recorded: %s", program->name, program->pitfall,
				    seen && seen->why ? seen->why : "it did not run");
	*trace = *seen->trace;
	*seen->trace = (struct trace){0};
	free(trace->program);
	trace->program = mem_format("%s %s", program->pitfall, program->name);
	return 0;
}

int record_program(struct workbook *workbook, const struct program *program, const struct results *results,
		   struct trace *trace)
{
	struct sightings sightings = {0};
	struct tasks tasks = {0};
	struct results recorded;
	char *error;
	int status;

	gather(&sightings, program, results);
	const struct judging_options options = {
		.repeat = 1, .fresh = true, .sightings = sightings.items, .sighting_count = sightings.count};
	tasks_add(&tasks, program, detector_that_records());
	judge_all(workbook, &tasks, &options, NULL, NULL, &recorded, &error);
	if (error)
		status = cannot_judge("%s", error);
	else if (workbook->loop.interrupted)
		status = 128 + workbook->loop.interrupted;
	else
		status = take_trace(program, &recorded, trace);
	free(error);
	results_release(&recorded);
	tasks_release(&tasks);
	free(sightings.items);
	return status;
}
