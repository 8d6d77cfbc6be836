/* What the Valgrind tools report: every kind of 3.19 to 3.24, by its name in the XML, and what it means. */
#ifndef LOOSE_VALGRIND_KINDS_H
#define LOOSE_VALGRIND_KINDS_H

/* Ended by NULL. */
extern const char *const helgrind_kinds[], *const drd_kinds[], *const memcheck_kinds[];
/* NULL when the tool has no such kind. */
const char *helgrind_explain(const char *kind);
const char *drd_explain(const char *kind);
const char *memcheck_explain(const char *kind);

#endif
