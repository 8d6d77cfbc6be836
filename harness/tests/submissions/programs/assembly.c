/*
 * Outcome: tampered
 * Body: racy
 * The increment is assembly, which no sanitizer sees.
 */
static inline void hidden(long *at) { __asm__ volatile("incq %0" : "+m"(*at)); }
