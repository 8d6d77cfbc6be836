#include "pictures.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "command.h"

static const char *const kinds[] = {"lanes", "curve"};

enum { KINDS = sizeof kinds / sizeof *kinds };

/* The text of a pitfall, for the caller to free; NULL when there is none. */
static char *text_of(const char *root, const char *pitfall)
{
	char *path = mem_format("%s/chapters/%s/README.md", root, pitfall), *text = file_read(path);

	free(path);
	return text;
}

static int draw(struct workbook *workbook, const struct docs_picture *told, const struct results *results,
		struct drawing *drawing)
{
	return strcmp(told->kind, "curve") == 0 ? drawing_of_curve(workbook, told->pitfall, results, drawing)
						: drawing_of_lanes(workbook, told->pitfall, results, drawing);
}

/* A curve of no bound is none: the mark that asks for it says so when the text is filled. */
static int add(struct book_pictures *pictures, struct workbook *workbook, const struct results *results,
	       const char *pitfall, const char *kind)
{
	struct docs_picture told = {.kind = kind, .pitfall = pitfall};
	struct drawing drawing;
	size_t count = pictures->told.count;
	int status = draw(workbook, &told, results, &drawing);

	if (status || !drawing.svg)
		return status;
	told.words = drawing.words;
	told.caption = drawing.caption;
	pictures->told.items = mem_resize(pictures->told.items, count + 1, sizeof told);
	pictures->drawings = mem_resize(pictures->drawings, count + 1, sizeof drawing);
	pictures->told.items[count] = told;
	pictures->drawings[count] = drawing;
	pictures->told.count++;
	return 0;
}

static bool is_judged(const struct results *results, const struct program *program)
{
	bool judged = false;

	for (size_t i = 0; program->role == ROLE_BROKEN && i < results->count && !judged; i++)
		judged = results->items[i].program == program;
	return judged;
}

int pictures_make(struct book_pictures *pictures, struct workbook *workbook, const struct results *results, bool all)
{
	const struct catalogue *catalogue = &workbook->catalogue;
	int status = 0;

	*pictures = (struct book_pictures){.all = all};
	for (size_t i = 0; i < catalogue->count && status == 0; i++) {
		const struct program *program = &catalogue->programs[i];
		char *text = is_judged(results, program) ? text_of(catalogue->root, program->pitfall) : NULL;
		for (int kind = 0; text && kind < KINDS && status == 0; kind++)
			if (docs_has_picture(text, kinds[kind]))
				status = add(pictures, workbook, results, program->pitfall, kinds[kind]);
		free(text);
	}
	return status;
}

static int put(const struct docs_picture *told, const struct drawing *drawing, const char *root, bool check,
	       size_t *wrong)
{
	char *path = mem_format("chapters/%s/%s.svg", told->pitfall, told->kind),
	     *full = mem_format("%s/%s", root, path);
	char *there = file_read(full);
	int status = 0;

	if (there && drawing_same(told->kind, there, drawing->svg)) {
		/* It stays as it is. */
	} else if (check) {
		printf("%s is %s; './loose text' draws it anew\n", path, there ? "stale" : "missing");
		++*wrong;
	} else {
		struct output output;
		status = output_open(&output, full);
		if (!status) {
			fputs(drawing->svg, output.file);
			status = output_close(&output);
			printf("%s\n", path);
		}
	}
	free(there);
	free(full);
	free(path);
	return status;
}

static bool is_told(const struct docs_pictures *told, const char *path)
{
	bool found = false;

	for (size_t i = 0; i < told->count && !found; i++) {
		char *one = mem_format("chapters/%s/%s.svg", told->items[i].pitfall, told->items[i].kind);
		found = strcmp(one, path) == 0;
		free(one);
	}
	return found;
}

/* Pictures that no text shows, told whether or not anything is written: who takes the mark away takes the file away too. */
static void find_strays(const struct book_pictures *pictures, const char *root, size_t *wrong)
{
	for (int kind = 0; kind < KINDS; kind++) {
		char *pattern = mem_format("%s/chapters/*/*/%s.svg", root, kinds[kind]);
		glob_t found;
		if (glob(pattern, 0, NULL, &found) == 0) {
			for (size_t i = 0; i < found.gl_pathc; i++) {
				const char *path = found.gl_pathv[i] + strlen(root) + 1;
				if (is_told(&pictures->told, path))
					continue;
				printf("%s is shown by no text; add the mark '<!-- picture %s -->', or take it away\n",
				       path, kinds[kind]);
				++*wrong;
			}
			globfree(&found);
		}
		free(pattern);
	}
}

int pictures_put(const struct book_pictures *pictures, const char *root, bool check, size_t *wrong)
{
	int status = 0;

	for (size_t i = 0; i < pictures->told.count && status == 0; i++)
		status = put(&pictures->told.items[i], &pictures->drawings[i], root, check, wrong);
	if (pictures->all)
		find_strays(pictures, root, wrong);
	return status;
}

void pictures_release(struct book_pictures *pictures)
{
	for (size_t i = 0; i < pictures->told.count; i++)
		drawing_release(&pictures->drawings[i]);
	free(pictures->drawings);
	free(pictures->told.items);
	*pictures = (struct book_pictures){0};
}
