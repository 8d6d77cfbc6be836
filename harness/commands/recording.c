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
static int take_trace(const struct program *program, struct observation *seen, struct trace *trace)
{
	*trace = (struct trace){0};
	if (!seen->trace)
		return cannot_judge("%s of %s was not recorded: %s", program->name, program->pitfall,
				    seen->why ? seen->why : "nothing came");
	*trace = *seen->trace;
	*seen->trace = (struct trace){0};
	free(trace->program);
	trace->program = mem_format("%s %s", program->pitfall, program->name);
	return 0;
}

static int take_traces(const struct program *program, struct results *results, struct trace *traces)
{
	int status = 0, failed;

	for (size_t i = 0; i < results->count; i++) {
		failed = take_trace(program, &results->items[i].seen, &traces[i]);
		status = status ? status : failed;
	}
	for (size_t i = 0; status && i < results->count; i++)
		trace_release(&traces[i]);
	return status;
}

int record_runs(struct workbook *workbook, const struct program *program, const struct results *results, size_t count,
		struct trace *traces)
{
	struct sightings sightings = {0};
	struct tasks tasks = {0};
	struct results recorded;
	char *error;
	int status;

	gather(&sightings, program, results);
	const struct judging_options options = {
		.repeat = 1, .fresh = true, .sightings = sightings.items, .sighting_count = sightings.count};
	for (size_t i = 0; i < count; i++)
		tasks_add(&tasks, program, detector_that_records());
	judge_all(workbook, &tasks, &options, NULL, NULL, &recorded, &error);
	if (error)
		status = cannot_judge("%s", error);
	else if (workbook->loop.interrupted)
		status = 128 + workbook->loop.interrupted;
	else
		status = take_traces(program, &recorded, traces);
	free(error);
	results_release(&recorded);
	tasks_release(&tasks);
	free(sightings.items);
	return status;
}

int record_program(struct workbook *workbook, const struct program *program, const struct results *results,
		   struct trace *trace)
{
	return record_runs(workbook, program, results, 1, trace);
}
