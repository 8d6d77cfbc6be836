/*
 * What the files of this directory share and nobody else needs: inks, text
 * that is cut or wrapped to the reader's width, and the names of frames.
 * Whatever a program under test could have written goes through print_cut()
 * or print_wrapped(): they let no control character out to the terminal.
 */
#ifndef LOOSE_REPORT_PARTS_H
#define LOOSE_REPORT_PARTS_H

#include "report.h"

enum ink { INK_OFF, INK_STRONG, INK_FAINT, INK_GOOD, INK_WARN, INK_BAD };

/* The escape sequence, or "" when the style has no colour. INK_OFF ends the others. */
const char *ink(struct style style, enum ink which);
/* Columns that the text takes: characters of UTF-8, a tab counted as one. */
int columns_of(const char *text);
/* Prints one line's text, cut to `columns` with an ellipsis. */
void print_cut(FILE *out, struct style style, const char *text, int columns);
/* Prints the text's words in lines of the style's width, each behind `indent` blanks; ends with a newline. */
void print_wrapped(FILE *out, struct style style, int indent, const char *text);
/* Prints each line of the text as it is, behind `indent` blanks. */
void print_lines(FILE *out, int indent, const char *text);

/* Lines of the source around `line` with a caret line under the statement; nothing when the file cannot be read. */
void print_excerpt(FILE *out, struct style style, int indent, const char *file, int line);

/* One line of a source, for the caller to free; NULL when there is no such file or line. */
char *source_line(const char *file, int line);

/* What to look at after the detector's finding of this kind, in a sentence; NULL when there is nothing to say. */
const char *advice_for(const struct detector *detector, const char *kind);

/*
 * The function's name as the source has it, for the caller to free: without
 * symbol versions and the detectors' wrappers, which differ between releases.
 * NULL for a frame that has no name.
 */
char *frame_name(const struct frame *frame);
/* The frames that a reader is shown, innermost first: own ones, each behind what it calls. Empty without own frames. */
struct shown {
	const struct frame **items; /* for the caller to free */
	size_t count;
};
struct shown stack_shown(const struct stack *stack);
/* True when an earlier stack of the finding shows the same: DRD names each segment of the other thread. */
bool stack_repeats(const struct finding *finding, size_t index);
/* What stands behind the last slash. */
const char *base_name(const char *path);
/* The path behind `root` when it is below, else the path itself. `root` may be NULL. */
const char *below_root(const char *root, const char *path);
/* True when an earlier finding of these has the same kind and function. */
bool finding_repeats(const struct findings *all, size_t index);

/* One result on its way to the reader. */
struct page {
	FILE *out;
	struct style style;
	const char *root;
	const struct result *result;
};

/*
 * Says beside a race what of the program its detector does not know, and who knows it: atomics, pipes, some waits. Told by
 * the sources of the finding's own frames. Nothing where there is nothing to say.
 */
void print_doubts(const struct page *page, const struct finding *finding);
/* Explains each kind of finding of the page's result once, and says what to look at. */
void print_findings(const struct page *page);
/* The finding's stack of this number: what it is, the source around it, and who called. */
void print_finding_stack(const struct page *page, const struct finding *finding, size_t index);
/* What the budget's monitor measured in the page's result, and what each bound says to it; nothing when nothing was. */
void print_figures(const struct page *page);
/* Microseconds as "0.43 ms", "2.7 ms", "45 ms" or "12.3 s"; for the caller to free. */
char *time_for_people(long long us);
/* True for the plain run of a Criterion program, which has tests that fail and no findings. */
bool result_is_test(const struct result *result);

struct tally {
	size_t checked, agree, disagree, errors;
};
struct tally tally_of(const struct results *results);
/* 0, or -1 with errno when something that was written to the stream is lost. */
int flushed(FILE *out);

#endif
