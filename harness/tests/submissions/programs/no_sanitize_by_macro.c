/*
 * Outcome: tampered
 * Body: racy
 * The attribute is a macro's.
 */
#define QUICK __attribute__((no_sanitize("thread")))
QUICK void line_count(void);
