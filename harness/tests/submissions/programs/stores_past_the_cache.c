/*
 * Outcome: cannot-judge
 * Body: racy
 * A store by a builtin of its own.
 */
void store(long *at) { __builtin_nontemporal_store(1L, at); }
