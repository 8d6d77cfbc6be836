/*
 * Outcome: tampered
 * Body: racy
 * The runtime asks the program what to leave out.
 */
const char *__tsan_default_suppressions(void) { return "race:*"; }
