#include "standing.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

json_t *standing_json(const struct reader *reader, const char *pitfall)
{
	struct standing standing = reader_standing(reader, pitfall);
	json_t *object =
		json_pack("{s:s,s:i,s:b,s:b,s:i,s:i,s:b}", "pitfall", pitfall, "predictions", (int)standing.predictions,
			  "predicted_right", standing.predicted_right, "opened", standing.opened, "hints",
			  standing.hints, "attempts", (int)standing.attempts, "passed", standing.passed);

	if (standing.passed_at)
		json_object_set_new(object, "passed_at", json_integer(standing.passed_at));
	return object;
}

char *standing_marks(const struct reader *reader, const char *pitfall)
{
	struct standing standing = reader_standing(reader, pitfall);
	const char *position = reader_position(reader);
	char attempts[16] = "";

	if (standing.attempts)
		snprintf(attempts, sizeof attempts, "%u", standing.attempts > 99 ? 99 : standing.attempts);
	return mem_format("%c%c%c%3s ", position && strcmp(position, pitfall) == 0 ? '>' : ' ',
			  !standing.predictions	     ? ' '
			  : standing.predicted_right ? 'P'
						     : 'p',
			  standing.passed_at ? 'x'
			  : standing.opened  ? 'o'
					     : ' ',
			  attempts);
}
