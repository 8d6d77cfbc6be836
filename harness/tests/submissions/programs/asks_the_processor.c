/*
 * Outcome: cannot-judge
 * Body: racy
 * Valgrind's processor has another name.
 */
static inline void ask(unsigned *a) { __builtin_ia32_xgetbv(*a); }
