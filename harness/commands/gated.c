#include "gated.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/files.h"
#include "base/mem.h"
#include "command.h"
#include "verdict/detector.h"

static int tell(const char *file, enum gate_answer answer, const char *evidence)
{
	switch (answer) {
	case GATE_ALLOWED:
		return 0;
	case GATE_SUSPICIOUS:
		fprintf(stderr, "loose: %s is suspicious, which costs nothing; look at it: %s\n", file, evidence);
		return 0;
	case GATE_UNKNOWN:
		return cannot_judge("%s has no verdict until you have looked at it: %s", file, evidence);
	default:
		fprintf(stderr, "loose: %s is made to deceive, and was not judged: %s\n", file, evidence);
		return STATUS_DISAGREES;
	}
}

int gated_open(struct gated *gated, const struct catalogue *catalogue, const char *pitfall, const char *file,
	       const char *directory, const struct tasks *tasks)
{
	char *text = file_read(file), *evidence = NULL;

	*gated = (struct gated){.gate = gate_of(catalogue, pitfall), .tasks = tasks, .file = file};
	inspection_init(&gated->inspection, gated->gate, mem_format("%s/plain.o", directory),
			mem_format("%s/tsan.o", directory));
	enum gate_answer answer = gate_look(gated->gate, text ? text : "", &evidence);
	int status = tell(file, answer, evidence);
	free(evidence);
	free(text);
	return status;
}

bool gated_admits(void *context, size_t task, char **why)
{
	struct gated *gated = context;

	if (inspection_admits(&gated->inspection, gated->tasks->items[task].detector->flavour))
		return true;
	*why = mem_copy(gated->inspection.evidence);
	return false;
}

int gated_end(struct gated *gated)
{
	if (!gated->gate)
		return 0;
	inspection_finish(&gated->inspection);
	return tell(gated->file, gated->inspection.answer, gated->inspection.evidence);
}

void gated_close(struct gated *gated)
{
	if (!gated->gate)
		return;
	inspection_release(&gated->inspection);
	gate_free(gated->gate);
	*gated = (struct gated){0};
}
