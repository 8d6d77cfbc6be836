/* Reading the records of runtime/tsan_report.c. See tsan_records.h. */
#include "tsan_records.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum { MAX_FIELDS = 6 };

/* What follows the word: d a decimal number, x an address, w a word; then the trace if there is one. */
static const struct form {
	const char *word, *fields;
	bool trace;
} forms[TSAN_WHATS] = {
	[TSAN_MOP] = {"mop", "dxddd", true},	 [TSAN_STACK] = {"stack", "", true},
	[TSAN_LOC] = {"loc", "wxxddd", true},	 [TSAN_MUTEX] = {"mutex", "xd", true},
	[TSAN_THREAD] = {"thread", "ddd", true}, [TSAN_TID] = {"tid", "d", false},
	[TSAN_SLEEP] = {"sleep", "", true},
};

struct field {
	long number;
	uint64_t address;
	const char *word;
};

static bool read_field(char form, const char *text, struct field *field)
{
	char *end = NULL;

	errno = 0;
	if (form == 'd')
		field->number = strtol(text, &end, 10);
	else if (form == 'x')
		field->address = strtoull(text, &end, 16);
	else
		field->word = text;
	return form == 'w' || (errno == 0 && end != text && *end == '\0' && (*text == '-' || *text > ' '));
}

static bool read_trace(char **rest, struct tsan_part *part)
{
	struct field pc;
	char *text = strtok_r(NULL, " ", rest);

	if (!text || strcmp(text, ":") != 0)
		return false;
	while ((text = strtok_r(NULL, " ", rest))) {
		if (!read_field('x', text, &pc) || pc.address == 0)
			return false;
		part->trace = mem_resize(part->trace, part->trace_count + 1, sizeof *part->trace);
		part->trace[part->trace_count++] = pc.address;
	}
	return true;
}

static bool in_int(long number)
{
	return number >= INT_MIN && number <= INT_MAX;
}

static bool fill_part(struct tsan_part *part, const struct field field[MAX_FIELDS])
{
	switch (part->what) {
	case TSAN_MOP:
		part->tid = (int)field[0].number;
		part->address = field[1].address;
		part->size = field[2].number;
		part->write = field[3].number;
		part->atomic = field[4].number;
		return in_int(field[0].number);
	case TSAN_LOC:
		snprintf(part->type, sizeof part->type, "%s", field[0].word);
		part->address = field[1].address;
		part->size = field[3].number;
		part->tid = (int)field[4].number;
		return in_int(field[4].number);
	case TSAN_MUTEX:
		part->address = field[0].address;
		return true;
	case TSAN_THREAD:
		part->tid = (int)field[0].number;
		part->parent = (int)field[1].number;
		part->running = field[2].number;
		return in_int(field[0].number) && in_int(field[1].number);
	case TSAN_TID:
		part->tid = (int)field[0].number;
		return in_int(field[0].number);
	default:
		return true;
	}
}

/* A line such as "mop 2 5555569cb258 4 1 0 : 555555624229"; the text is taken apart. */
static bool read_part(char *line, struct tsan_part *part)
{
	struct field field[MAX_FIELDS] = {{0}};
	char *rest, *word = strtok_r(line, " ", &rest);

	*part = (struct tsan_part){.what = TSAN_WHATS};
	for (int what = 0; word && what < TSAN_WHATS; what++)
		if (strcmp(word, forms[what].word) == 0)
			part->what = (enum tsan_what)what;
	if (part->what == TSAN_WHATS)
		return false;
	const struct form *form = &forms[part->what];
	for (size_t i = 0; form->fields[i]; i++) {
		char *text = strtok_r(NULL, " ", &rest);
		if (!text || !read_field(form->fields[i], text, &field[i]))
			return false;
	}
	if (!fill_part(part, field))
		return false;
	return form->trace ? read_trace(&rest, part) : !strtok_r(NULL, " ", &rest);
}

/* --- the stream --- */

struct reader {
	struct tsan_records *records;
	struct tsan_report *report; /* the one that is open */
	struct text maps;	    /* being gathered */
	enum { BEFORE_START, BEFORE_MAPS, IN_MAPS, IN_REPORTS } state;
	bool closed;
};

static bool read_start(struct reader *reader, const char *line)
{
	char after;

	reader->state = BEFORE_MAPS;
	return sscanf(line, "start %ld %ld%c", &reader->records->pid, &reader->records->parent, &after) == 2;
}

static bool read_map_line(struct reader *reader, const char *line)
{
	if (reader->state == BEFORE_MAPS) {
		text_open(&reader->maps);
		reader->state = IN_MAPS;
		return strcmp(line, "maps") == 0;
	}
	if (strcmp(line, "end maps") == 0)
		reader->state = IN_REPORTS;
	else
		fprintf(reader->maps.out, "%s\n", line);
	return true;
}

static bool read_report_line(struct reader *reader, char *line)
{
	static const char open[] = "report ";
	struct tsan_records *records = reader->records;

	if (strcmp(line, "closed") == 0)
		return !reader->report && (reader->closed = true);
	if (strcmp(line, "no-leak") == 0)
		return !reader->report && ++records->left_out;
	if (strcmp(line, "end report") == 0) {
		bool was_open = reader->report;
		reader->report = NULL;
		return was_open;
	}
	if (strncmp(line, open, sizeof open - 1) == 0) {
		bool was_open = reader->report;
		records->reports = mem_resize(records->reports, records->count + 1, sizeof *records->reports);
		reader->report = &records->reports[records->count++];
		*reader->report = (struct tsan_report){.kind = mem_copy(line + sizeof open - 1)};
		return !was_open;
	}
	struct tsan_part part;
	bool good = read_part(line, &part) && reader->report;
	if (!good) {
		free(part.trace);
		return false;
	}
	struct tsan_report *report = reader->report;
	report->parts = mem_resize(report->parts, report->count + 1, sizeof *report->parts);
	report->parts[report->count++] = part;
	return true;
}

static bool read_line(struct reader *reader, char *line)
{
	switch (reader->state) {
	case BEFORE_START:
		return read_start(reader, line);
	case BEFORE_MAPS:
	case IN_MAPS:
		return read_map_line(reader, line);
	default:
		return read_report_line(reader, line);
	}
}

static bool take_line(void *context, char *line, size_t length)
{
	return strlen(line) == length && read_line(context, line);
}

void tsan_records_read(const char *bytes, size_t length, struct tsan_records *records)
{
	struct reader reader = {.records = records};

	*records = (struct tsan_records){0};
	bool whole = text_lines(bytes, length, take_line, &reader);
	char *maps = text_close(&reader.maps);
	records->maps = maps ? maps : mem_copy("");
	records->complete = whole && reader.closed && !reader.report;
}

void tsan_records_release(struct tsan_records *records)
{
	for (size_t i = 0; i < records->count; i++) {
		for (size_t j = 0; j < records->reports[i].count; j++)
			free(records->reports[i].parts[j].trace);
		free(records->reports[i].parts);
		free(records->reports[i].kind);
	}
	free(records->reports);
	free(records->maps);
	*records = (struct tsan_records){0};
}

const struct tsan_part *tsan_part(const struct tsan_report *report, enum tsan_what what, size_t n)
{
	for (size_t i = 0; i < report->count; i++)
		if (report->parts[i].what == what && n-- == 0)
			return &report->parts[i];
	return NULL;
}

size_t tsan_part_count(const struct tsan_report *report, enum tsan_what what)
{
	size_t count = 0;

	for (size_t i = 0; i < report->count; i++)
		count += report->parts[i].what == what;
	return count;
}
