/*
 * What the files of this directory share and nobody else needs: inks, text
 * that is cut or wrapped to the reader's width, and the names of frames.
 * Whatever a program under test could have written goes through report_cut()
 * or print_wrapped(): they let no control character out to the terminal.
 */
#ifndef LOOSE_REPORT_PARTS_H
#define LOOSE_REPORT_PARTS_H

#include "report.h"

enum ink { INK_OFF, INK_STRONG, INK_FAINT, INK_GOOD, INK_WARN, INK_BAD };

/* The escape sequence, or "" when the style has no colour. INK_OFF ends the others. */
const char *ink(struct style style, enum ink which);
/* Columns that the text takes on a terminal, a tab counted as one: a character may take two, or none. */
int columns_of(const char *text);
/* Prints the text's words in lines of the style's width, each after `indent` blanks; ends with a newline. */
void print_wrapped(FILE *out, struct style style, int indent, const char *text);
/* Prints each line of the text as it is, after `indent` blanks. */
void print_lines(FILE *out, int indent, const char *text);

/* Lines of the source around `line` with a caret line under the statement; nothing when the file cannot be read. */
void print_excerpt(FILE *out, struct style style, int indent, const char *file, int line);

/* One line of a source, for the caller to free; NULL when there is no such file or line. */
char *source_line(const char *file, int line);

/*
 * The function's name as the source has it, for the caller to free: without
 * symbol versions and the detectors' wrappers, which differ between releases.
 * NULL for a frame that has no name.
 */
char *frame_name(const struct frame *frame);
/* Where the stack is in the program's own sources: its innermost own frame; NULL when it has none. */
const struct frame *stack_place(const struct stack *stack);
/* The frames that a reader is shown, innermost first: own ones, each after what it calls. Empty without own frames. */
struct shown {
	const struct frame **items; /* for the caller to free */
	size_t count;
};
struct shown stack_shown(const struct stack *stack);
/* True when an earlier stack of the finding shows the same: DRD names each segment of the other thread. */
bool stack_repeats(const struct finding *finding, size_t index);
/* What stands after the last slash. */
const char *base_name(const char *path);
/* The path after `root` when it is below, else the path itself. `root` may be NULL. */
const char *below_root(const char *root, const char *path);
/* True when an earlier finding of these has the same kind and function. */
bool finding_repeats(const struct findings *all, size_t index);

/* --- what kind of fault it is (sorts.c) --- */

/* Kinds of one family may be names for the same fault. */
enum family {
	FAMILY_NONE, /* of this kind alone */
	FAMILY_ACCESS,
	FAMILY_ORDER,
	FAMILY_UNLOCK,
	FAMILY_SIGNAL,
	FAMILY_JOIN,
	FAMILY_THREADS,
};
/* Which of several faults a reader is told first: the lower. */
enum rank { RANK_MEMORY, RANK_MISUSE, RANK_BUDGET, RANK_LEFT, RANK_ALLOWED };

struct sort {
	const char *kind;
	enum family family;
	enum rank rank;
	const char *noun; /* "A data race"; NULL: there are no words but the kind */
};
const struct sort *sort_of(const char *kind);
/* True when what was used is where a null pointer points. */
bool is_at_null(const struct finding *finding);
/* The detector's name in a sentence. */
const char *title_of(const struct detector *detector);

/* --- one fault that several detectors see (groups.c) --- */

struct group {
	size_t result, finding; /* where it is first reported */
};

struct groups {
	const struct results *results;
	struct group *items; /* in the order of the results */
	size_t count;
	size_t **of; /* the group of each finding, by result and finding */
};

/* The results must live as long as the groups, which groups_release() ends. */
void groups_init(struct groups *groups, const struct results *results);
void groups_release(struct groups *groups);
/* The finding that the group begins with. */
const struct finding *group_finding(const struct groups *groups, size_t group);
/* Whether some finding of this result is of the group, and whether this finding is its first. */
bool group_has(const struct groups *groups, size_t group, size_t result);
bool group_is_first(const struct groups *groups, size_t result, size_t index);

/* --- pages --- */

/* Results that are told together: what one has said the next need not say. */
struct told {
	const struct groups *groups;
	bool *groups_told;
	const char *advice; /* the last that was given */
	bool standing;	    /* where its threads stood has been told */
	bool open;	    /* the last line was not followed by an empty one */
	bool warned;	    /* what a failed test leaves behind */
	const char *why;    /* why a run does not agree, as last told */
	const char *failed; /* the names of the failed tests, likewise */
	unsigned doubts;    /* what the detector does not know, one bit each, */
	size_t doubts_of;   /* of the result of this index */
};

/* One result on its way to the reader. */
struct page {
	FILE *out;
	struct style style;
	const char *root;
	const struct result *result;
	struct told *told; /* NULL: the result is told alone */
	size_t index;	   /* of the result, among those told */
};

/* "broken.c:38": as short as a reader can do with; see explain.c. For the caller to free. */
char *place_for_people(const struct page *page, const char *file, int line);

/*
 * Says beside a race what of the program its detector does not know, and who knows it: atomics, pipes, some waits. Told by
 * the sources of the finding's own frames, or by the program's first where it has none. Nothing where there is nothing to say.
 */
void print_doubts(const struct page *page, const struct finding *finding);
/* What none of them can see of a program that is silent: memory that two processes share. NULL: nothing. */
const char *blindness_of(const struct results *results);
/* What of that comes first, in a few words after "does not know": "atomics"; NULL when there is no doubt. */
const char *doubt_about(const struct result *result, const struct finding *finding);
/*
 * Explains each kind of finding of the page's result once, and says what to look at; a line for what has been told
 * already. True when something was explained.
 */
bool print_findings(const struct page *page);
/* Explains this one, and lists those like it; then what to look at after findings of the kind. */
void print_finding(const struct page *page, size_t index);
void print_advice(const struct page *page, const struct finding *finding);
/* The finding's stack of this number: what it is, the source around it, and who called. */
void print_finding_stack(const struct page *page, const struct finding *finding, size_t index);
/* What was declared and seen, then the findings and the figures. */
void print_result(const struct page *page);
/* What the failed tests say for themselves. */
void print_said(const struct page *page);
/* Where the threads stood when the program ended; nothing when nobody knows, or when it has been told. */
void print_standing(const struct page *page);
/* As report_ending() of the page's result, which is among these. */
void print_ending(const struct page *page, const struct results *results);
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

#endif
