/* `progress`: where the reader stands, how well they judge the detectors, and two machines' memories in one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "command.h"
#include "exercise.h"
#include "scores.h"
#include "standing.h"

struct show {
	const char *json, *export, *import;
};

static int write_json(const char *path, json_t *object)
{
	struct output output;
	int status = output_open(&output, path);

	if (status == 0) {
		json_dumpf(object, output.file, JSON_INDENT(1) | JSON_SORT_KEYS);
		fputc('\n', output.file);
		status = output_close(&output);
	}
	json_decref(object);
	return status;
}

/* --- what is shown -------------------------------------------------------------------------------------------------*/

static void tell(const struct desk *desk)
{
	size_t predicted = 0, predictable = 0, passed = 0, count = desk->catalogue.pitfall_count;
	struct scores scores;

	for (size_t i = 0; i < count; i++) {
		struct standing standing = reader_standing(&desk->reader, desk->catalogue.pitfalls[i]);
		predicted += standing.predictions > 0;
		predictable += !pitfall_is_alone(desk->catalogue.root, desk->catalogue.pitfalls[i]);
		passed += standing.passed_at != 0;
	}
	printf("Predicted %zu of %zu, passed %zu of %zu.\n", predicted, predictable, passed, count);
	scores_count(&scores, &desk->reader);
	scores_print(stdout, style_of(stdout), &scores);
}

static json_t *all_json(const struct desk *desk)
{
	json_t *pitfalls = json_array();
	const char *position = reader_position(&desk->reader);
	struct scores scores;

	for (size_t i = 0; i < desk->catalogue.pitfall_count; i++)
		json_array_append_new(pitfalls, standing_json(&desk->reader, desk->catalogue.pitfalls[i]));
	scores_count(&scores, &desk->reader);
	return json_pack("{s:s,s:s?,s:o,s:o}", "schema", "loose-threads/standing/1", "position", position, "pitfalls",
			 pitfalls, "scores", scores_json(&scores));
}

/* --- two machines --------------------------------------------------------------------------------------------------*/

static json_t *read_import(const char *path)
{
	bool standard = strcmp(path, "-") == 0;
	char *problem = NULL, *text = standard ? NULL : file_read_text(path, &problem);
	json_error_t error;
	json_t *object = NULL;

	if (problem)
		bad_input("cannot read '%s': %s", path, problem);
	else if (!(object = standard ? json_loadf(stdin, 0, &error) : json_loads(text, 0, &error)))
		bad_input("'%s' is not JSON (line %d: %s); './loose progress --export FILE' writes one", path,
			  error.line, error.text);
	free(problem);
	free(text);
	return object;
}

static int import(struct desk *desk, const char *path)
{
	json_t *object = read_import(path);
	size_t added;
	char *error;

	if (!object)
		return STATUS_BAD_INPUT;
	error = reader_import(&desk->reader, object, &added);
	json_decref(object);
	if (!error) {
		fprintf(stderr, "loose: %zu %s of '%s' %s new here\n", added, added == 1 ? "event" : "events", path,
			added == 1 ? "was" : "were");
		return STATUS_AGREES;
	}
	int status = bad_input("'%s' is not taken over: %s", path, error);
	free(error);
	return status;
}

/* --- the command ---------------------------------------------------------------------------------------------------*/

static int answer(struct desk *desk, const struct show *show)
{
	int status = show->import ? import(desk, show->import) : 0;

	/* What has been said of it on standard error is not progress to show or to carry elsewhere. */
	if (status == 0 && !reader_keeps(&desk->reader))
		status = STATUS_CANNOT_JUDGE;
	if (status == 0 && show->export)
		status = write_json(show->export, reader_export(&desk->reader));
	if (status == 0 && show->json)
		status = write_json(show->json, all_json(desk));
	if (status == 0 && !show->export && !show->json && !show->import)
		tell(desk);
	return status;
}

static int run(const char *root, int argc, char **argv)
{
	struct show show = {0};
	struct operands operands;
	struct desk desk;

	if (options_parse(&command_progress, argc, argv, &show, &operands) != 0)
		return STATUS_BAD_INPUT;
	desk_open(&desk, root);
	int status = answer(&desk, &show);
	desk_close(&desk);
	return status;
}

static const struct option_spec options[] = {
	{"json", OPTION_FILE, "FILE", "where you stand as JSON, schema loose-threads/standing/1",
	 offsetof(struct show, json)},
	{"export", OPTION_FILE, "FILE", "all that is remembered, for another machine", offsetof(struct show, export)},
	{"import", OPTION_FILE, "FILE", "add what another machine has exported; before --export or --json",
	 offsetof(struct show, import)},
	{0},
};

const struct command_entry command_progress = {
	.name = "progress",
	.arguments = "",
	.summary = "how far you are, and what you misjudge",
	.about =
		"Shows how many pitfalls you have predicted and passed; which detector and which kind of pitfall you misjudge; "
		"and how well your confidence fits: if you say 90 %, you should be right in nine cells of ten. The first prediction of "
		"each pitfall counts.\n\n"
		"It is remembered in work/progress.db. To work on two machines, export on each and import on the other: that may "
		"be done twice, and in any order.",
	.options = options,
	.run = run,
};
