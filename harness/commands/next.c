/* `next` and `previous`: which exercise is in hand. Nothing goes on by itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "command.h"
#include "exercise.h"

struct next {
	bool known; /* skip what is known */
};

static bool same_chapter(const char *one, const char *other)
{
	return strncmp(one, other, strcspn(one, "/") + 1) == 0;
}

/* Whether an exercise of the pitfall's chapter was passed. */
static bool chapter_passed(const struct desk *desk, const char *pitfall)
{
	for (size_t i = 0; i < desk->catalogue.pitfall_count; i++)
		if (same_chapter(desk->catalogue.pitfalls[i], pitfall) &&
		    reader_standing(&desk->reader, desk->catalogue.pitfalls[i]).passed_at)
			return true;
	return false;
}

/* It was passed; or it was predicted rightly at the first time, by somebody who has passed one of its kind. */
static bool is_known(const struct desk *desk, const char *pitfall)
{
	struct standing standing = reader_standing(&desk->reader, pitfall);

	return standing.passed_at || (standing.predicted_right && chapter_passed(desk, pitfall));
}

static void tell(const struct desk *desk, const struct program *starter)
{
	const char *name = short_name(starter->pitfall);
	struct standing standing = reader_standing(&desk->reader, starter->pitfall);
	char *path = copy_path(starter), *text = text_of_pitfall(&desk->catalogue, "exercises", starter->pitfall);
	const char *title = text ? text + strspn(text, "# ") : "";

	printf("%s, exercise %zu of %zu%s\n", starter->pitfall, pitfall_index(&desk->catalogue, starter->pitfall) + 1,
	       desk->catalogue.pitfall_count, standing.passed ? ", passed" : "");
	printf("%.*s\n\n", (int)strcspn(title, "\n"), title);
	if (standing.predictions == 0 && !pitfall_is_alone(desk->catalogue.root, starter->pitfall))
		printf("  ./loose predict %s\n  \tsay what the detectors will find in the chapter's broken program\n",
		       name);
	printf("  %s\n  \tyour file; what it must do is said in\n  \texercises/%s/README.md\n", path, starter->pitfall);
	printf("  ./loose watch\n  \tjudges your file at each save; ./loose check judges it once\n");
	free(text);
	free(path);
}

static int open_at(struct desk *desk, size_t index)
{
	const char *pitfall = desk->catalogue.pitfalls[index];
	const struct program *starter = catalogue_program(&desk->catalogue, pitfall, "starter");

	if (!starter)
		return bad_input("%s has no exercise; './loose verify' says what is missing", pitfall);
	int status = exercise_open(&desk->catalogue, &desk->reader, starter);
	if (status == 0)
		tell(desk, starter);
	return status;
}

/* How many exercises are not passed; *first is one of them. */
static size_t count_open(const struct desk *desk, const char **first)
{
	size_t count = 0;

	for (size_t i = desk->catalogue.pitfall_count; i-- > 0;)
		if (!reader_standing(&desk->reader, desk->catalogue.pitfalls[i]).passed_at) {
			*first = desk->catalogue.pitfalls[i];
			count++;
		}
	return count;
}

static int tell_end(const struct desk *desk, bool forward)
{
	const char *first = NULL;
	size_t left = count_open(desk, &first);

	if (!forward)
		printf("This is the first exercise.\n");
	else if (left == 0)
		printf("This was the last exercise, and you have passed them all.\n");
	else
		printf("There is no further exercise. %zu %s not passed; the first is %s: ./loose watch %s\n", left,
		       left == 1 ? "is" : "are", first, short_name(first));
	return STATUS_AGREES;
}

static int move(struct desk *desk, bool forward, bool skip_known)
{
	size_t count = desk->catalogue.pitfall_count;
	const char *position = reader_position(&desk->reader);
	size_t at = position ? pitfall_index(&desk->catalogue, position) : count;

	if (count == 0)
		return bad_input("there is no pitfall in '%s'; copy the workbook anew", desk->catalogue.root);
	/* Nothing is in hand, or what this workbook does not have: the first one. */
	bool somewhere = at < count;
	if (!forward)
		return at > 0 && somewhere ? open_at(desk, at - 1) : tell_end(desk, false);
	at = somewhere ? at + 1 : 0;
	while (skip_known && at < count && is_known(desk, desk->catalogue.pitfalls[at])) {
		printf("%s is known to you\n", desk->catalogue.pitfalls[at]);
		at++;
	}
	return at < count ? open_at(desk, at) : tell_end(desk, true);
}

static int next(const char *root, int argc, char **argv)
{
	struct next next = {0};
	struct operands operands;
	struct desk desk;

	if (options_parse(&command_next, argc, argv, &next, &operands) != 0)
		return STATUS_BAD_INPUT;
	desk_open(&desk, root);
	int status = move(&desk, true, next.known);
	desk_close(&desk);
	return status;
}

static int previous(const char *root, int argc, char **argv)
{
	struct operands operands;
	struct desk desk;

	if (options_parse(&command_previous, argc, argv, NULL, &operands) != 0)
		return STATUS_BAD_INPUT;
	desk_open(&desk, root);
	int status = move(&desk, false, false);
	desk_close(&desk);
	return status;
}

static const struct option_spec next_options[] = {
	{"known", OPTION_FLAG, NULL,
	 "skip what you have passed, and what you have predicted rightly in a chapter of which you "
	 "have passed an exercise",
	 offsetof(struct next, known)},
	{0},
};

const struct command_entry command_next = {
	.name = "next",
	.arguments = "",
	.summary = "open the next exercise",
	.about =
		"Takes the next exercise in hand, in the order of the book, and makes your copy of it in work/. It need not be "
		"passed to go on.",
	.options = next_options,
	.run = next,
};

static const struct option_spec previous_options[] = {{0}};

const struct command_entry command_previous = {
	.name = "previous",
	.arguments = "",
	.summary = "go back to the exercise before",
	.about = "Takes the exercise before the one in hand.",
	.options = previous_options,
	.run = previous,
};
