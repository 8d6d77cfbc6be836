/*
 * Outcome: tampered
 * Body: racy
 * The older name of the attribute.
 */
__attribute__((no_sanitize_thread)) void line_count(void);
