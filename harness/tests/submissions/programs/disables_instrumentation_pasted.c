/*
 * Outcome: tampered
 * Body: racy
 * An attribute that leaves a function out, pasted together.
 */
#define PASTE(a, b) a##b
__attribute__((PASTE(disable_sanitizer, _instrumentation))) static inline void hidden(long *at) { ++*at; }
