/* Lanes in sentences. See lanes.h. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "parts.h"

static void tell_step(FILE *out, const struct lanes *lanes, const struct lane_step *step)
{
	fprintf(out, " %s %s", lanes->lanes[step->lane].name, step->words);
	if (step->line)
		fprintf(out, " in line %d", step->line);
	if (step->fault)
		fprintf(out, ": wrong here: %s", step->fault);
	putc('.', out);
}

char *lanes_told(const struct lanes *lanes, size_t count)
{
	struct text told;
	FILE *out = text_open(&told);

	for (size_t i = 0; i < count; i++) {
		fprintf(out, "%sThe %s program:", i ? " " : "", lanes[i].title);
		for (size_t j = 0; j < lanes[i].step_count; j++)
			tell_step(out, &lanes[i], &lanes[i].steps[j]);
	}
	return text_close(&told);
}

/* The fault that a reader is to see: the last, which is where a finding's two halves have met. */
static const struct lane_step *fault_of(const struct lanes *lanes)
{
	const struct lane_step *fault = NULL;

	for (size_t i = 0; i < lanes->link_count && !fault; i++)
		fault = &lanes->steps[lanes->links[i].to];
	for (size_t i = 0; i < lanes->step_count && !fault; i++)
		if (lanes->steps[i].fault)
			fault = &lanes->steps[i];
	return fault;
}

char *lanes_summed_up(const struct lanes *lanes)
{
	const struct lane_step *fault = fault_of(lanes);
	struct text text;
	FILE *out = text_open(&text);

	for (size_t i = 0; i < lanes->lane_count; i++)
		fprintf(out, "%s%s", i == 0 ? "" : i + 1 == lanes->lane_count ? " and " : ", ", lanes->lanes[i].name);
	if (fault)
		fprintf(out, "; in %s, %s", lanes->lanes[fault->lane].name, fault->words);
	if (fault && fault->line)
		fprintf(out, " in line %d", fault->line);
	fprintf(out, "%s%s", fault ? ": " : "; nothing is wrong", fault ? fault->fault : "");
	return text_close(&text);
}
