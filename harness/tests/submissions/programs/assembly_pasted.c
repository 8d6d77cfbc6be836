/*
 * Outcome: tampered
 * Body: racy
 * The word for it is pasted together.
 */
#define PASTE(a, b) a##b
static inline void hidden(long *at) { PASTE(__as, m__) volatile("incq %0" : "+m"(*at)); }
