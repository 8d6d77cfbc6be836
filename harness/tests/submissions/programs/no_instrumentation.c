/*
 * Outcome: tampered
 * Body: racy
 * The attribute that leaves out every sanitizer.
 */
__attribute__((disable_sanitizer_instrumentation)) void line_count(void);
