/*
 * Outcome: tampered
 * Body: racy
 * The hook through which reports go.
 */
void __tsan_on_report(void *report) { (void)report; }
