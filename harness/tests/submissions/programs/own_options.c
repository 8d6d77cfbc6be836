/*
 * Outcome: tampered
 * Body: racy
 * The runtime asks the program for its options.
 */
const char *__tsan_default_options(void) { return "report_bugs=0"; }
