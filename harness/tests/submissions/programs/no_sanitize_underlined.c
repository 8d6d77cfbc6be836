/*
 * Outcome: tampered
 * Body: racy
 * The attribute with underlines around it.
 */
__attribute__((__no_sanitize__("thread"))) void line_count(void);
