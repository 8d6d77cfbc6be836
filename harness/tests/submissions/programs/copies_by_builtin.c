/*
 * Outcome: cannot-judge
 * Body: racy
 * A builtin that the compiler writes as one instruction.
 */
static inline void hidden(void *to, void *from) { __builtin_memcpy_inline(to, from, 8); }
