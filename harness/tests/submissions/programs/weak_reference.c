/*
 * Outcome: tampered
 * Body: racy
 * Another name for a hook that is there.
 */
static void quiet(void) __attribute__((weakref("__tsan_on_report")));
void (*keep)(void) = quiet;
