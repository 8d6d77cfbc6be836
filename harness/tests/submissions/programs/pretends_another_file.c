/*
 * Outcome: tampered
 * Body: racy
 * Its lines say that they are a header's of the system, of which nobody looks at the code.
 */
# 1 "/usr/include/pthread.h" 1 3
static inline void hidden(void) { __asm__("nop"); }
# 2 "line.c" 2
