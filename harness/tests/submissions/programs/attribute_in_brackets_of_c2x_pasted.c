/*
 * Outcome: tampered
 * Body: racy
 * The same, pasted together.
 */
#define PASTE(a, b) a##b
[[clang::PASTE(disable_sanitizer_, instrumentation)]] static inline void hidden(long *at) { ++*at; }
