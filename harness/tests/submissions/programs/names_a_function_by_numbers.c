/*
 * Outcome: tampered
 * Body: racy
 * The letters of a hook are numbers.
 */
const char *\u005f_tsan_default_options(void) { return "report_bugs=0"; }
