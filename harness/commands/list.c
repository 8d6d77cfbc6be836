#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "command.h"
#include "exercise.h"
#include "standing.h"
#include "workbook/outline.h"

static const char legend[] = "\n> in hand   p predicted, P rightly   o opened, x passed, and how many attempts\n";

/* --- the list ------------------------------------------------------------------------------------------------------*/

struct list {
	const char *json;
	bool outlined;
	struct outline outline;
	struct desk desk;
	struct named named; /* a chapter, or nothing */
	const char *part;
};

/* The title of a pitfall: the first line of its text, without the '#'. The caller frees it. */
static char *title_of(const struct catalogue *catalogue, const char *pitfall)
{
	const char *tree = pitfall_is_alone(catalogue->root, pitfall) ? "exercises" : "chapters";
	char *path = mem_format("%s/%s/%s/README.md", catalogue->root, tree, pitfall), *text = file_read(path);
	const char *start = text ? text + strspn(text, "# ") : "";
	char *title = mem_copy_n(start, strcspn(start, "\n"));

	free(text);
	free(path);
	return title;
}

static bool has(const struct list *list, const char *pitfall)
{
	if (list->named.chapter)
		return strncmp(pitfall, list->named.pitfall, strcspn(list->named.pitfall, "/") + 1) == 0;
	return strstr(pitfall, list->part);
}

/* What a reader learns by it, how long that takes, and what it needs. */
static long print_lesson(const json_t *lesson)
{
	static const char *const difficulties[] = {"easy", "middling", "hard"};
	long minutes = (long)json_integer_value(json_object_get(lesson, "minutes"));
	size_t i;
	json_t *need;

	printf("        %ld minutes, %s. You can %s.\n", minutes,
	       difficulties[json_integer_value(json_object_get(lesson, "difficulty")) - OUTLINE_EASY],
	       json_string_value(json_object_get(lesson, "outcome")));
	json_array_foreach(json_object_get(lesson, "needs"), i, need)
		printf("%s%s", i ? ", " : "        After ", json_string_value(need));
	if (i)
		puts(".");
	return minutes;
}

/* A line each: a terminal would break a long title in the middle of a word. */
static void print_line(const char *marks, const char *pitfall, const char *title)
{
	struct style style = style_of(stdout);
	int taken = printf("%s%-40s ", marks, pitfall);

	if (style.terminal)
		report_cut(stdout, style, title, style.width - taken);
	else
		fputs(title, stdout);
	putchar('\n');
}

static void print(const struct list *list)
{
	const struct catalogue *catalogue = &list->desk.catalogue;
	bool begun = list->desk.reader.count > 0;
	long minutes = 0;

	for (size_t i = 0; i < catalogue->pitfall_count; i++) {
		if (!has(list, catalogue->pitfalls[i]))
			continue;
		char *title = title_of(catalogue, catalogue->pitfalls[i]);
		char *marks = begun ? standing_marks(&list->desk.reader, catalogue->pitfalls[i]) : mem_copy("");
		print_line(marks, catalogue->pitfalls[i], title);
		if (list->outlined && outline_of(&list->outline, catalogue->pitfalls[i]))
			minutes += print_lesson(outline_of(&list->outline, catalogue->pitfalls[i]));
		free(marks);
		free(title);
	}
	if (list->outlined)
		printf("\n%ld hours and %ld minutes in all\n", minutes / 60, minutes % 60);
	if (begun)
		fputs(legend, stdout);
}

static int write_json(const struct list *list)
{
	const struct catalogue *catalogue = &list->desk.catalogue;
	json_t *all = json_array();
	struct output output;
	int status = output_open(&output, list->json);

	for (size_t i = 0; i < catalogue->pitfall_count; i++) {
		if (!has(list, catalogue->pitfalls[i]))
			continue;
		char *title = title_of(catalogue, catalogue->pitfalls[i]);
		json_t *one = standing_json(&list->desk.reader, catalogue->pitfalls[i]);
		json_object_set_new(one, "title", json_string(title));
		json_object_update(one, (json_t *)outline_of(&list->outline, catalogue->pitfalls[i]));
		json_array_append_new(all, one);
		free(title);
	}
	if (status == 0) {
		json_dumpf(all, output.file, JSON_INDENT(1));
		fputc('\n', output.file);
		status = output_close(&output);
	}
	json_decref(all);
	return status;
}

/* Several may be meant here; that there is none is an error. */
static int find(struct list *list, const struct operands *operands)
{
	const struct catalogue *catalogue = &list->desk.catalogue;
	size_t found = 0;
	char *error = NULL;

	list->part = operands->count ? operands->items[0] : "";
	if (operands->count)
		error = names_find(catalogue, list->part, true, &list->named);
	if (!error && operands->count && !list->named.chapter)
		list->part = list->named.pitfall;
	for (size_t i = 0; i < catalogue->pitfall_count; i++)
		found += has(list, catalogue->pitfalls[i]);
	int status = found   ? STATUS_AGREES
		     : error ? bad_input("%s", error)
			     : bad_input("there is no pitfall in '%s'; copy the workbook anew", catalogue->root);
	free(error);
	return status;
}

/* Names and titles can be listed without it. */
static int read_outline(struct list *list)
{
	const char *root = list->desk.catalogue.root;
	char *path = mem_format("%s/chapters/outline.json", root), *wrong = NULL;
	int status = 0;

	if (list->outlined || (list->json && access(path, F_OK) == 0))
		wrong = outline_load(&list->outline, root);
	if (wrong)
		status = bad_input("%s", wrong);
	free(wrong);
	free(path);
	return status;
}

static int run(const char *root, int argc, char **argv)
{
	struct list list = {0};
	struct operands operands;

	if (options_parse(&command_list, argc, argv, &list, &operands) != 0)
		return STATUS_BAD_INPUT;
	desk_open(&list.desk, root);
	int status = find(&list, &operands);
	if (status == 0)
		status = read_outline(&list);
	if (status == 0 && list.json)
		status = write_json(&list);
	else if (status == 0)
		print(&list);
	outline_release(&list.outline);
	desk_close(&list.desk);
	return status;
}

static const struct option_spec options[] = {
	{"outline", OPTION_FLAG, NULL, "with each: what you can do after it, how long it takes, what it needs",
	 offsetof(struct list, outlined)},
	{"json", OPTION_FILE, "FILE", "the list as JSON", offsetof(struct list, json)},
	{0},
};

const struct command_entry command_list = {
	.name = "list",
	.arguments = "[PART]",
	.summary = "name the pitfalls, and show where you are",
	.about =
		"Lists every pitfall with its title; with PART, those whose name has it. Before the names stand marks: '>' for "
		"the exercise in hand, 'p' for what you have predicted ('P' if rightly), 'o' for an exercise that was opened and "
		"'x' for one that was passed, and how often you have tried.",
	.options = options,
	.operands = {OPERAND_PITFALL},
	.most = 1,
	.run = run,
};
