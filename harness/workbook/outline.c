#include "outline.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool is_lesson(const json_t *lesson)
{
	const json_t *needs = json_object_get(lesson, "needs");
	json_int_t difficulty = json_integer_value(json_object_get(lesson, "difficulty"));
	size_t i;
	json_t *one;

	json_array_foreach(needs, i, one)
		if (!json_is_string(one))
			return false;
	return json_is_string(json_object_get(lesson, "pitfall")) &&
	       json_is_string(json_object_get(lesson, "outcome")) && json_is_array(needs) &&
	       json_integer_value(json_object_get(lesson, "minutes")) > 0 && difficulty >= OUTLINE_EASY &&
	       difficulty <= OUTLINE_HARD;
}

char *outline_load(struct outline *outline, const char *root)
{
	char *path = mem_format("%s/chapters/outline.json", root), *wrong = NULL;
	json_error_t error;
	size_t i;
	json_t *lesson;

	outline->all = json_load_file(path, 0, &error);
	if (!outline->all)
		wrong = mem_format("%s:%d: %s", path, error.line, error.text);
	else if (!json_is_array(outline->all))
		wrong = mem_format("%s is not a list of pitfalls", path);
	json_array_foreach(outline->all, i, lesson)
		if (!wrong && !is_lesson(lesson))
			wrong = mem_format("%s: entry %zu needs \"pitfall\", \"outcome\", \"needs\", \"minutes\" and "
					   "\"difficulty\" (%d to %d)",
					   path, i + 1, OUTLINE_EASY, OUTLINE_HARD);
	if (wrong)
		outline_release(outline);
	free(path);
	return wrong;
}

void outline_release(struct outline *outline)
{
	json_decref(outline->all);
	outline->all = NULL;
}

const json_t *outline_of(const struct outline *outline, const char *pitfall)
{
	size_t i;
	json_t *lesson;

	json_array_foreach(outline->all, i, lesson)
		if (strcmp(json_string_value(json_object_get(lesson, "pitfall")), pitfall) == 0)
			return lesson;
	return NULL;
}
