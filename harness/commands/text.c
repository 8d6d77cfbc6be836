#include <glob.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "command.h"
#include "docs/docs.h"
#include "pictures.h"
#include "verdict/detector.h"

struct fill {
	const char *root;
	bool check;
	const char **only; /* the pitfalls whose texts are meant, with NULL at the end; none: all texts */
	struct workbook workbook;
	struct results results;
	struct book_pictures pictures;
	size_t wrong; /* stale texts and pictures, and links that lead nowhere */
};

static int fill_one(struct fill *fill, const char *path)
{
	char *full = mem_format("%s/%s", fill->root, path), *error = NULL, *problem,
	     *old = file_read_text(full, &problem);
	char *new = old ? docs_fill(&fill->workbook.catalogue, &fill->results, &fill->pictures.told, path, old, &error)
			: NULL;
	bool stale = new && !docs_same(old, new, sizeof(pthread_mutex_t));
	int status = 0;

	if (!new) {
		status = old ? bad_input("%s", error) : bad_input("cannot read '%s': %s", path, problem);
	} else if (stale && fill->check) {
		printf("%s is stale; './loose text' makes its passages anew\n", path);
		fill->wrong++;
	} else if (stale) {
		struct output output;
		status = output_open(&output, full);
		if (!status) {
			fputs(new, output.file);
			status = output_close(&output);
			printf("%s\n", path);
		}
	}
	if (new)
		fill->wrong += docs_dead_links(stdout, fill->root, path, new);
	free(problem);
	free(error);
	free(new);
	free(old);
	free(full);
	return status;
}

/* `path` is relative to the root: "chapters/02-x/y/README.md". */
static bool is_meant(const struct fill *fill, const char *path)
{
	const char *within = strchr(path, '/');
	bool meant = !*fill->only;

	for (const char **pitfall = fill->only; *pitfall && within && !meant; pitfall++)
		meant = strncmp(within + 1, *pitfall, strlen(*pitfall)) == 0 && within[1 + strlen(*pitfall)] == '/';
	return meant;
}

static bool is_judged(const struct fill *fill, const char *pitfall)
{
	bool judged = !*fill->only;

	for (const char **one = fill->only; *one && !judged; one++)
		judged = strcmp(*one, pitfall) == 0;
	return judged;
}

static int fill_all(struct fill *fill)
{
	static const char *const patterns[] = {"*.md", "chapters/*/*.md", "chapters/*/*/*.md", "exercises/*/*/*.md",
					       "solutions/*/*/*.md"};
	int status = 0;

	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		char *pattern = mem_format("%s/%s", fill->root, patterns[i]);
		glob_t found;
		if (glob(pattern, 0, NULL, &found) == 0) {
			for (size_t j = 0; j < found.gl_pathc; j++) {
				const char *path = found.gl_pathv[j] + strlen(fill->root) + 1;
				int one = is_meant(fill, path) ? fill_one(fill, path) : 0;
				status = status ? status : one;
			}
			globfree(&found);
		}
		free(pattern);
	}
	return status ? status : fill->wrong ? STATUS_DISAGREES : STATUS_AGREES;
}

/* The chapters' programs under every detector: what the texts quote. */
static int judge_chapters(struct fill *fill)
{
	const struct judging_options options = {.repeat = 1};
	const struct catalogue *catalogue = &fill->workbook.catalogue;
	struct tasks tasks = {0};
	struct follow follow = {0};
	char *error;
	int status = 0;

	for (size_t i = 0; i < catalogue->count; i++)
		for (size_t j = 0; detectors[j] && catalogue->programs[i].role <= ROLE_FIXED; j++)
			if (!detectors[j]->optional && is_judged(fill, catalogue->programs[i].pitfall))
				tasks_add(&tasks, &catalogue->programs[i], detectors[j]);
	follow_start(&follow, &tasks);
	judge_all(&fill->workbook, &tasks, &options, &follow_events, &follow, &fill->results, &error);
	follow_end(&follow);
	if (error)
		status = cannot_judge("%s", error);
	if (fill->workbook.loop.interrupted)
		status = 128 + fill->workbook.loop.interrupted;
	free(error);
	tasks_release(&tasks);
	return status;
}

static int find_only(struct fill *fill, const struct operands *operands)
{
	struct named named;
	int status = 0;

	fill->only = mem_zeroed((size_t)operands->count + 1, sizeof *fill->only);
	for (int i = 0; i < operands->count && !status; i++) {
		status = find_named(&fill->workbook.catalogue, operands->items[i], false, &named);
		fill->only[i] = status ? NULL : named.pitfall;
	}
	return status;
}

static int run(const char *root, int argc, char **argv)
{
	struct fill fill = {.root = root};
	struct operands operands;

	if (options_parse(&command_text, argc, argv, &fill, &operands) != 0)
		return STATUS_BAD_INPUT;
	int status = open_workbook(&fill.workbook, root);
	if (status)
		return status;
	status = find_only(&fill, &operands);
	if (status == 0)
		status = judge_chapters(&fill);
	if (status == 0)
		status = pictures_make(&fill.pictures, &fill.workbook, &fill.results, !*fill.only);
	if (status == 0)
		status = pictures_put(&fill.pictures, root, fill.check, &fill.wrong);
	if (status == 0)
		status = fill_all(&fill);
	pictures_release(&fill.pictures);
	free(fill.only);
	results_release(&fill.results);
	workbook_close(&fill.workbook);
	return status;
}

static const struct option_spec options[] = {
	{"check", OPTION_FLAG, NULL, "change nothing; tell which texts and pictures are stale",
	 offsetof(struct fill, check)},
	{0},
};

const struct command_entry command_text = {
	.name = "text",
	.arguments = "[PITFALL...]",
	.summary = "fill the generated passages of the book (for authors)",
	.about =
		"Makes the excerpts, the detectors' words, the tables and the pictures of the texts anew, from the programs and from runs, "
		"and tells which links lead nowhere and which pictures no text shows. With names, only the texts of these pitfalls; they then may quote no other's runs.",
	.options = options,
	.operands = {OPERAND_PITFALL, OPERAND_PITFALL},
	.most = -1,
	.run = run,
};
