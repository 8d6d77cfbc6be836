/*
 * Outcome: tampered
 * Body: racy
 * A function under two names.
 */
static void quiet(void) { }
void also_quiet(void) __attribute__((alias("quiet")));
