/*
 * The parts of the one sentence that a reader is told first; summary.c leads a
 * report with it.
 */
#ifndef LOOSE_SENTENCE_H
#define LOOSE_SENTENCE_H

#include "parts.h"

/* The verdict over all results of one program, for the caller to free; "" when there are none. */
char *verdict_sentence(const char *root, const struct results *results, const struct groups *groups);
/* The group to show a reader first; their number when there is none. */
size_t group_to_lead(const struct groups *groups);
/* "A data race on 'total': thread add writes it, ..." without who sees it; for the caller to free. */
char *fault_words(const struct page *page, const struct finding *finding);
/* The result that tells which tests failed, the plain run before others; NULL when none did. */
const struct result *failed_test(const struct results *results);
/* The last line that a program of tests wrote itself on standard error; NULL when there is none. For the caller to free. */
char *last_words_of_tests(const struct observation *seen);
/* " on 'ledger'", as the detector names what the finding is about; "" when it does not. For the caller to free. */
char *finding_subject(const struct finding *finding);

#endif
