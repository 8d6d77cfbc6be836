/* Reading the monitor's report. See budget_report.h. */
#include "budget_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum { MAX_NUMBERS = 8 };

struct reader {
	struct budget_report *report;
	struct budget_image *image; /* the one that is open */
	struct text maps;	    /* being gathered */
	bool closed;		    /* the image is; only "resumed" or another start may follow */
};

/* --- words --- */

static bool read_number(const char *text, int base, long long *number)
{
	char *end;

	if (!text || !(*text == '-' ? text[1] : *text) || strchr(" +", *text))
		return false;
	errno = 0;
	if (base == 16)
		*number = (long long)strtoull(text, &end, 16);
	else
		*number = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0';
}

static bool read_numbers(char **rest, long long *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!read_number(strtok_r(NULL, " ", rest), 10, &numbers[i]))
			return false;
	return true;
}

static bool at_end(char **rest)
{
	return !strtok_r(NULL, " ", rest);
}

/* "ROUTINE : PC..." */
static bool read_trace(char **rest, struct budget_trace *trace)
{
	long long number;
	char *text;

	if (!read_number(strtok_r(NULL, " ", rest), 16, &number))
		return false;
	trace->routine = (uint64_t)number;
	text = strtok_r(NULL, " ", rest);
	if (!text || strcmp(text, ":") != 0)
		return false;
	while ((text = strtok_r(NULL, " ", rest))) {
		if (!read_number(text, 16, &number) || number == 0)
			return false;
		trace->pcs = mem_resize(trace->pcs, trace->count + 1, sizeof *trace->pcs);
		trace->pcs[trace->count++] = (uint64_t)number;
	}
	return true;
}

/* --- lines, after their first word --- */

static bool read_times(struct reader *reader, char **rest)
{
	struct figures *figures = &reader->image->figures;
	long long times[3];

	if (!read_numbers(rest, times, 3) || !at_end(rest) || times[1] < times[0])
		return false;
	figures->wall_us = times[1];
	figures->stop_us = times[2] < 0 ? -1 : times[1] - times[2];
	return true;
}

static bool read_figure_of(struct reader *reader, char **rest, bool gauge)
{
	struct figures *figures = &reader->image->figures;
	const char *name = strtok_r(NULL, " ", rest);
	long long numbers[4];

	if (!name || !read_numbers(rest, numbers, 4) || !at_end(rest) || figures_find(figures, name))
		return false;
	figures->items = mem_resize(figures->items, figures->count + 1, sizeof *figures->items);
	figures->items[figures->count++] = (struct figure){.name = mem_copy(name),
							   .start = numbers[0],
							   .peak = numbers[1],
							   .at_exit = numbers[2],
							   .last = numbers[3],
							   .gauge = gauge};
	return true;
}

static bool read_figure(struct reader *reader, char **rest)
{
	return read_figure_of(reader, rest, false);
}

static bool read_gauge(struct reader *reader, char **rest)
{
	return read_figure_of(reader, rest, true);
}

static bool read_site(struct reader *reader, char **rest)
{
	struct budget_image *image = reader->image;
	long long numbers[5];

	if (!read_numbers(rest, numbers, 5))
		return false;
	image->sites = mem_resize(image->sites, image->site_count + 1, sizeof *image->sites);
	struct budget_site *site = &image->sites[image->site_count++];
	*site = (struct budget_site){.started = numbers[0],
				     .joined = numbers[1],
				     .detached = numbers[2],
				     .running = numbers[3],
				     .unjoined = numbers[4]};
	return read_trace(rest, &site->trace);
}

static bool read_broken(struct reader *reader, char **rest)
{
	struct budget_image *image = reader->image;
	long long numbers[7];

	if (!read_numbers(rest, numbers, 7))
		return false;
	image->broken = mem_resize(image->broken, image->broken_count + 1, sizeof *image->broken);
	struct budget_broken *broken = &image->broken[image->broken_count++];
	*broken = (struct budget_broken){.bound = numbers[0],
					 .at_us = numbers[1],
					 .value = numbers[2],
					 .limit = numbers[3],
					 .worst_at_us = numbers[4],
					 .worst_value = numbers[5],
					 .worst_limit = numbers[6]};
	return read_trace(rest, &broken->trace);
}

static bool read_series(struct reader *reader, char **rest)
{
	struct budget_series *series = &reader->image->series;
	char *name;

	if (series->names || !read_numbers(rest, &series->width_us, 1) || series->width_us <= 0)
		return false;
	while ((name = strtok_r(NULL, " ", rest))) {
		series->names = mem_resize(series->names, series->columns + 1, sizeof *series->names);
		series->names[series->columns++] = mem_copy(name);
	}
	return series->columns > 0;
}

static bool read_sample(struct reader *reader, char **rest)
{
	struct budget_series *series = &reader->image->series;

	series->values = mem_resize(series->values, (series->rows + 1) * series->columns, sizeof *series->values);
	if (!series->columns || !read_numbers(rest, series->values + series->rows * series->columns, series->columns))
		return false;
	series->rows++;
	return at_end(rest);
}

static bool read_maps(struct reader *reader, char **rest)
{
	if (reader->image->maps || !at_end(rest))
		return false;
	text_open(&reader->maps);
	return true;
}

static bool read_lost(struct reader *reader, char **rest)
{
	if (reader->image->lost || !*rest || !**rest)
		return false;
	reader->image->lost = mem_copy(*rest);
	return true;
}

static bool read_closed(struct reader *reader, char **rest)
{
	const char *how = strtok_r(NULL, " ", rest);

	if (!how || !at_end(rest) || !reader->image->maps || !figures_find(&reader->image->figures, "threads"))
		return false;
	reader->image->how = mem_copy(how);
	reader->closed = true;
	return true;
}

/* --- images --- */

static void trace_release(struct budget_trace *trace)
{
	free(trace->pcs);
}

static void image_release(struct budget_image *image)
{
	figures_release(&image->figures);
	for (size_t i = 0; i < image->site_count; i++)
		trace_release(&image->sites[i].trace);
	for (size_t i = 0; i < image->broken_count; i++)
		trace_release(&image->broken[i].trace);
	for (size_t i = 0; i < image->series.columns; i++)
		free(image->series.names[i]);
	free(image->sites);
	free(image->broken);
	free(image->series.names);
	free(image->series.values);
	free(image->maps);
	free(image->lost);
	free(image->how);
}

static bool read_start(struct reader *reader, char **rest)
{
	struct budget_report *report = reader->report;
	long long ids[2];

	if (!read_numbers(rest, ids, 2) || (reader->image && (!reader->closed || ids[0] != report->pid)))
		return false;
	const char *how = strtok_r(NULL, " ", rest);
	bool forked = how && strcmp(how, "fork") == 0;
	if (!how || (!forked && strcmp(how, "image") != 0) || !at_end(rest))
		return false;
	report->pid = (long)ids[0];
	report->parent = (long)ids[1];
	report->images = mem_resize(report->images, report->count + 1, sizeof *report->images);
	reader->image = &report->images[report->count++];
	*reader->image = (struct budget_image){.forked = forked, .figures.stop_us = -1};
	reader->closed = false;
	return true;
}

static bool read_resumed(struct reader *reader, char **rest)
{
	if (!at_end(rest) || !reader->closed || strcmp(reader->image->how, "exec") != 0)
		return false;
	bool forked = reader->image->forked;
	image_release(reader->image);
	*reader->image = (struct budget_image){.forked = forked, .figures.stop_us = -1};
	reader->closed = false;
	return true;
}

static bool read_map_line(struct reader *reader, const char *line)
{
	if (strcmp(line, "end maps") != 0)
		return fprintf(reader->maps.out, "%s\n", line) > 0;
	reader->image->maps = text_close(&reader->maps);
	return true;
}

/* The line is taken apart. */
static bool read_line(struct reader *reader, char *line)
{
	static const struct {
		const char *word;
		bool (*read)(struct reader *reader, char **rest);
		bool open; /* stands within an image */
	} forms[] = {{"start", read_start, false},  {"times", read_times, true},   {"figure", read_figure, true},
		     {"gauge", read_gauge, true},   {"site", read_site, true},	   {"broken", read_broken, true},
		     {"series", read_series, true}, {"sample", read_sample, true}, {"maps", read_maps, true},
		     {"lost", read_lost, true},	    {"closed", read_closed, true}, {"resumed", read_resumed, false}};
	char *rest = NULL;

	if (reader->maps.out)
		return read_map_line(reader, line);
	const char *word = strtok_r(line, " ", &rest);
	for (size_t i = 0; word && i < sizeof forms / sizeof *forms; i++)
		if (strcmp(word, forms[i].word) == 0)
			return forms[i].open == (reader->image && !reader->closed) && forms[i].read(reader, &rest);
	return false;
}

static bool take_line(void *context, char *line, size_t length)
{
	return strlen(line) == length && read_line(context, line);
}

void budget_report_read(const char *bytes, size_t length, struct budget_report *report)
{
	struct reader reader = {.report = report};

	*report = (struct budget_report){0};
	bool whole = text_lines(bytes, length, take_line, &reader);
	if (reader.maps.out)
		reader.image->maps = text_close(&reader.maps);
	report->complete = whole && reader.closed;
}

void budget_report_release(struct budget_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		image_release(&report->images[i]);
	free(report->images);
	*report = (struct budget_report){0};
}
