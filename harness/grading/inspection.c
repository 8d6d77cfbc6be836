#include "inspection.h"

#include <stdlib.h>
#include <string.h>

#include "built.h"

enum { PLAIN, WATCHED };

void inspection_init(struct inspection *inspection, const struct gate *gate, char *plain, char *watched)
{
	*inspection = (struct inspection){.gate = gate, .objects = {plain, watched}};
}

void inspection_release(struct inspection *inspection)
{
	free(inspection->objects[PLAIN]);
	free(inspection->objects[WATCHED]);
	free(inspection->evidence);
	*inspection = (struct inspection){0};
}

/* Takes the evidence over. */
static void take(struct inspection *inspection, enum gate_answer answer, char *evidence)
{
	if (answer <= inspection->answer) {
		free(evidence);
		return;
	}
	free(inspection->evidence);
	inspection->answer = answer;
	inspection->evidence = evidence;
}

static void look(struct inspection *inspection, int which)
{
	char *evidence = NULL;

	if (inspection->looked[which])
		return;
	inspection->looked[which] = true;
	take(inspection, built_look(inspection->gate, inspection->objects[which], which == WATCHED, &evidence),
	     evidence);
	if (inspection->compared || !inspection->looked[!which])
		return;
	inspection->compared = true;
	evidence = NULL;
	take(inspection, built_compare(inspection->objects[PLAIN], inspection->objects[WATCHED], &evidence), evidence);
}

bool inspection_admits(struct inspection *inspection, const char *flavour)
{
	look(inspection, strcmp(flavour, "plain") != 0);
	return inspection->answer < GATE_UNKNOWN;
}

void inspection_finish(struct inspection *inspection)
{
	look(inspection, PLAIN);
	look(inspection, WATCHED);
}
