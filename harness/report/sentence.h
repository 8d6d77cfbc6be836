/*
 * The parts of the one sentence that a reader is told first; summary.c leads a
 * report with it.
 */
#ifndef LOOSE_SENTENCE_H
#define LOOSE_SENTENCE_H

#include "parts.h"

/* --- the whole (sentence.c) --- */

/* The verdict over all results of one program, for the caller to free; "" when there are none. */
char *verdict_sentence(const char *root, const struct results *results, const struct groups *groups);
/* The group to show a reader first; their number when there is none. */
size_t group_to_lead(const struct groups *groups);
/* "no", "one" up to "nine"; then "many". */
const char *number_word(size_t number);

/* --- what is wrong (fault.c) --- */

/* "A data race on 'total': thread add writes it, ..." without who sees it; for the caller to free. */
char *fault_words(const struct page *page, const struct finding *finding);
/* " on 'ledger'", as the detector names what the finding is about; "" when it does not. For the caller to free. */
char *finding_subject(const struct finding *finding);

/* --- what failed (failure.c) --- */

/* It did not end by itself, and that is the program's doing. */
bool ends_badly(const struct result *result);
/* The first run that did not end by itself, one that knows where its threads stood before others; NULL when there is none. */
const struct result *badly_ended(const struct results *results);
/* Says how the page's result ended, and where: what comes after "it", without a period. */
void say_end(const struct page *page);
/*
 * Whether the finding is of a line on which a thread stood when the program was ended. A tool that looks at locks reports
 * then that a thread ends which still holds one: where a deadlock is, that says nothing new.
 */
bool is_where_it_stood(const struct observation *seen, const struct finding *finding);
/* The result that tells which tests failed, the plain run before others; NULL when none did. */
const struct result *failed_test(const struct results *results);
/* The result in which a test stood still and was ended, one that knows where before others; NULL when there is none. */
const struct result *hung_test(const struct results *results);
/* Says which tests failed in `result`, one of the results, and what the last of them said; without a period. */
void say_failed_test(FILE *out, const struct results *results, const struct result *result);
/* The last line that a program of tests wrote itself on standard error; NULL when there is none. For the caller to free. */
char *last_words_of_tests(const struct observation *seen);

#endif
