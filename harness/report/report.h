/*
 * Everything that a reader or a tool is shown. These functions decide nothing:
 * they print what result.h holds.
 */
#ifndef LOOSE_REPORT_H
#define LOOSE_REPORT_H

#include <stdio.h>

#include "verdict/result.h"
#include "workbook/catalogue.h"

/* How to print on a stream. */
struct style {
	bool terminal; /* a line can be rewritten in place */
	bool colour;   /* a terminal that can */
	bool utf8;     /* the locale's character set */
	int width;     /* columns; 80 when not a terminal */
};
struct style style_of(FILE *stream);
/* Prints one line's text, cut to `columns` with an ellipsis; no newline. */
void report_cut(FILE *out, struct style style, const char *text, int columns);

/*
 * The table: per pitfall a row for `broken`, `fixed` and the exercise as a
 * whole; a column per detector; a mark for fires, blind, silent, false alarm,
 * disagrees, error; then the legend of the marks that were used, and the count.
 */
void report_table(FILE *out, struct style style, const struct results *results);
/* Each result that does not agree, explained; nothing when all agree. */
void report_disagreements(FILE *out, struct style style, const char *root, const struct results *results);
/*
 * One result as `run` and `check` show it: what was declared and seen, then
 * each finding in plain words with an excerpt of the source and a caret line
 * under what the detector points to, for each of its stacks; then what to look
 * at next; of a detector that measures, its figures. Deterministic, but for
 * figures: no addresses, no process ids.
 */
void report_result(FILE *out, struct style style, const char *root, const struct result *result);
/*
 * The results of one program, as `check` and `run` show them: the verdict in one
 * sentence, the finding to look at first, then each result as report_result()
 * has it, with each fault told once however many detectors see it. With
 * `with_output` what the program wrote follows, as report_ending() has it.
 */
void report_summary(FILE *out, struct style style, const char *root, const struct results *results, bool with_output);
/* That sentence alone, for the caller to free. */
char *report_sentence(const char *root, const struct results *results);
/*
 * How a program of the reader's own ended, and what it wrote: where its threads
 * stood, the words on its standard error, its output. Once for all runs that
 * ended alike: the results before this one have been shown.
 */
void report_ending(FILE *out, struct style style, const char *root, const struct results *results, size_t index);
/* The findings alone, in the detector's words, as the book quotes them: plain text, no colour, paths by base name. */
void report_words(FILE *out, const struct result *result);
/* The ten slowest results, the CPU time of all runs, the wall time, and how busy that kept the cores. */
void report_timings(FILE *out, const struct results *results, int cores);

/*
 * A text of the book, or a part of one, in the style's width, each line after
 * `indent` blanks: paragraphs are laid out anew, code is shown as it is, and of a
 * link its words.
 */
void report_prose(FILE *out, struct style style, int indent, const char *text);

/*
 * The JSON of schema loose-threads/verify/1, and JUnit XML. Files below `root`
 * are named relative to it. 0, or -1 with errno if writing failed.
 */
int report_json(FILE *out, const char *root, const struct toolchain *toolchain, const struct results *results);
int report_junit(FILE *out, const struct results *results);

/* Text for an element or an attribute of XML: what XML 1.0 may not hold becomes '?'. */
void report_xml(FILE *out, const char *text);
/* Any bytes as a JSON string, a new reference: what is not UTF-8 becomes '?'. Null for NULL. */
json_t *report_json_text(const char *bytes);
/* The versions of what judged, as every JSON of ours has them: a new reference. */
json_t *report_json_toolchain(const struct toolchain *toolchain);
/* A document and the end of its last line, through to the file. 0, or -1 with errno; the document stays the caller's. */
int report_json_write(FILE *out, const json_t *document);
/* False for a stack that says where a block, a lock or a thread of the finding came from. */
bool stack_is_of_fault(const struct finding *finding, size_t index);

/*
 * The progress line: on a terminal rewritten in place, else a line every ten
 * seconds; progress_end() takes it away.
 */
struct progress {
	FILE *out;
	struct style style;
	size_t all, done;
	size_t run;		/* of done: not recalled, but run now */
	size_t differ;		/* of done: not as declared */
	bool declared;		/* the line says whether all were as declared */
	long first_ms, last_ms; /* when the first run began, when a line was last printed */
	/* In ms of processor time, by estimate: what has been done since the start, what is left of it. Both 0: each counts as one. */
	double cost_done, cost_left;
	long start_ms, built_ms; /* when it began, when something was last built */
};

/* Of so many results; the stream must stay open until progress_end(), which takes the line away. */
void progress_start(struct progress *progress, FILE *out, struct style style, size_t all);
/* One that is to be judged under this detector; `builds`: its program is to be built for it. Before anything is noted. */
void progress_expect(struct progress *progress, const struct detector *detector, bool builds);
/* A program is there, of those that were to be built. */
void progress_built(struct progress *progress);
/* One more is judged. */
void progress_note(struct progress *progress, const struct result *result);
/* `doing` names what is running. */
void progress_show(struct progress *progress, const char *doing);
/* A line that stays: what this detector says, in a few words. */
void progress_verdict(struct progress *progress, const struct result *result);
void progress_end(struct progress *progress);
/* What is left by what `run` runs took: ", about 3 min left", or "" when that is not known; for the caller to free. */
char *progress_left(size_t run, size_t left, long ms);

#endif
