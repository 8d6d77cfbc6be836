/*
 * Outcome: tampered
 * Body: racy
 * The function that races is not watched.
 */
__attribute__((no_sanitize("thread"))) void line_count(void);
