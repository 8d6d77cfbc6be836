/* `run --plot FILE.svg`: the picture that gnuplot draws of a pair. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "command.h"
#include "picture.h"
#include "report/plot.h"

/* Made by gnuplot or for it; gone with the process, whatever ends it. */
static FILE *scratch_file(int *status)
{
	FILE *file = tmpfile();

	if (!file)
		*status = cannot_judge("cannot make a temporary file: %s", strerror(errno));
	return file;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length > tail && strcmp(text + length - tail, end) == 0;
}

/* `script`, which it has as descriptor 3, may be NULL. */
static int gnuplot(struct loop *loop, char *const *argv, FILE *script, FILE *output, FILE *errors)
{
	const struct child_options options = {
		.argv = argv, .output = fileno(output), .errors = fileno(errors), .third = script ? fileno(script) : 0};

	return loop_command(loop, &options);
}

int picture_open(struct output *output, struct loop *loop, const char *path)
{
	char *argv[] = {"gnuplot", "--version", NULL};
	int status = 0;

	if (!output_is_standard(path) && (!ends_with(path, ".svg") || ends_with(path, "/.svg")))
		return bad_input("--plot writes an SVG; name a file that ends in .svg, not '%s'", path);
	FILE *nowhere = scratch_file(&status);
	if (!nowhere)
		return status;
	status = gnuplot(loop, argv, NULL, nowhere, nowhere);
	fclose(nowhere);
	if (loop->interrupted)
		return 128 + loop->interrupted;
	if (status != 0)
		return cannot_judge("gnuplot does not start; install the package 'gnuplot-nox'");
	return output_open(output, path);
}

/* All of the file as text, for the caller to free. */
static char *text_of(FILE *file)
{
	char buffer[4096];
	struct text text;
	size_t got;
	FILE *copy = text_open(&text);

	rewind(file);
	while ((got = fread(buffer, 1, sizeof buffer, file)) > 0)
		fwrite(buffer, 1, got, copy);
	return text_close(&text);
}

/* The picture with its colours for the dark, before the first shape; it takes the picture. */
static char *with_dark(char *svg)
{
	const char *first = strstr(svg, "<g ");
	struct text text;

	if (!first)
		return svg;
	FILE *out = text_open(&text);
	fwrite(svg, 1, (size_t)(first - svg), out);
	plot_in_dark(out);
	fputs(first, out);
	free(svg);
	return text_close(&text);
}

/* With the first line of what gnuplot said, if it said anything. */
static int tell_failure(FILE *errors)
{
	char *words = text_of(errors), *line = words + strspn(words, "\n");
	int length = (int)strcspn(line, "\n");

	int status = cannot_judge("gnuplot did not draw the picture%s%.*s; 'gnuplot --version' should say 5.4 or newer",
				  length ? ": " : "", length, line);
	free(words);
	return status;
}

/* Runs gnuplot on the script; an SVG that is not whole is none, whatever the exit status was. */
static int draw(char **picture, struct loop *loop, FILE *script, FILE *svg, FILE *errors)
{
	/* The file has no name. -d: without the reader's own settings. */
	char *argv[] = {"gnuplot", "-d", "/proc/self/fd/3", NULL};
	int ended = gnuplot(loop, argv, script, svg, errors), status = 0;

	*picture = text_of(svg);
	if (loop->interrupted)
		status = 128 + loop->interrupted;
	else if (ended != 0 || !strstr(*picture, "</svg>"))
		status = tell_failure(errors);
	if (status) {
		free(*picture);
		*picture = NULL;
	} else {
		*picture = with_dark(*picture);
	}
	return status;
}

int picture_text(struct loop *loop, const char *title, const struct plot *broken, const struct plot *fixed,
		 char **picture)
{
	int status = 0;
	FILE *script = scratch_file(&status), *svg = script ? scratch_file(&status) : NULL;
	FILE *errors = svg ? scratch_file(&status) : NULL;

	*picture = NULL;
	if (errors) {
		plot_script(script, title, broken, fixed);
		fflush(script);
		status = draw(picture, loop, script, svg, errors);
		fclose(errors);
	}
	if (svg)
		fclose(svg);
	if (script)
		fclose(script);
	return status;
}

int picture_draw(struct output *output, struct loop *loop, const char *title, const struct plot *broken,
		 const struct plot *fixed)
{
	char *picture;
	int status = picture_text(loop, title, broken, fixed, &picture);

	if (status)
		return status;
	fputs(picture, output->file);
	free(picture);
	return output_close(output);
}
