/*
 * Outcome: tampered
 * Body: racy
 * The name of the attribute is pasted together.
 */
#define PASTE(a, b) a##b
#define HOW(x) __attribute__((x))
HOW(PASTE(no_, sanitize)("thread")) void line_count(void);
