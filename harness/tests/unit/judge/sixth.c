/*
 * A sixth detector, which only the tests have: this file and the row below are
 * all that it takes. It reports every line of the program's output that ends
 * with an exclamation mark, and does not believe an output that does not end
 * with "bye".
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "detectors/report_files.h"
#include "verdict/detector.h"

#define MORE_DETECTORS(row) row(sixth)
#include "detectors/table.c"

static const struct kind kinds[] = {{"Shout", NULL, "Somebody shouts.", "who shouts, and at whom."},
				    {NULL, NULL, NULL, NULL}};

static void prepare(const struct run *run, struct command *command)
{
	(void)run;
	command_environment(command, "SIXTH=listens");
}

static void collect(const struct run *run, struct observation *seen)
{
	size_t length;
	char *text = report_read(run, "stdout", &length), *rest = NULL;

	for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest))
		if (line[strlen(line) - 1] == '!') {
			struct finding *finding = findings_add(&seen->findings, "Shout");
			free(finding->function);
			finding->function = mem_copy_n(line, strcspn(line, "!: "));
		}
	free(text);
	if (seen->fault == FAULT_NONE && (!seen->last_line || strcmp(seen->last_line, "bye") != 0))
		observation_fail(seen, FAULT_DETECTOR, "the program did not say goodbye");
}

const struct detector detector_sixth = {
	.name = "sixth",
	.flavour = "plain",
	.kinds = kinds,
	.optional = true,
	.prepare = prepare,
	.collect = collect,
};
