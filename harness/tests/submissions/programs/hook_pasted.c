/*
 * Outcome: tampered
 * Body: racy
 * The name of the hook is pasted together.
 */
#define PASTE(a, b) a##b
const char *PASTE(__ts, an_default_options)(void) { return "report_bugs=0"; }
