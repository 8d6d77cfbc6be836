/*
 * Outcome: failed
 * Body: racy
 * A directive that the preprocessor leaves, and that a compiler of what it leaves would obey: it pastes what nobody sees then.
 */
#define HASH #
#define KEEP(x) x
HASH define PASTE(a, b) a KEEP(##) b
static inline void hidden(long *at) { PASTE(__as, m__) volatile("incq %0" : "+m"(*at)); }
