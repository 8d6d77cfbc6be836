/* How well a reader knows the detectors: counted from the guesses of first predictions. */
#ifndef LOOSE_COMMANDS_SCORES_H
#define LOOSE_COMMANDS_SCORES_H

#include <jansson.h>

#include "reader/progress.h"
#include "report/report.h"

enum {
	SCORES_MOST = 64,
	SCORES_STEPS = 6, /* of confidence: 50 to 59, 60 to 69, ... and 100 */
	SCORES_FEW = 20	  /* below so many cells chance says more than the reader */
};

/* What is counted under one name. */
struct named_score {
	char name[64];
	struct score score;
};

struct scores {
	struct named_score detectors[SCORES_MOST], chapters[SCORES_MOST];
	size_t detector_count, chapter_count;
	struct score steps[SCORES_STEPS];
	struct score all;
};

/* From nothing: what the structure had before does not count. */
void scores_count(struct scores *scores, const struct reader *reader);
/* Tables and sentences for people; says so where there are few guesses, and nothing of what was not asked. */
void scores_print(FILE *out, struct style style, const struct scores *scores);
/* {"detectors": {...}, "chapters": {...}, "confidence": [...]}, a new reference. */
json_t *scores_json(const struct scores *scores);

#endif
