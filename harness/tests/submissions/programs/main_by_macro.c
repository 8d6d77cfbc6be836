/*
 * Outcome: tampered
 * Body: racy
 * A macro gives main() its name.
 */
#define start main
int start(void) { return 0; }
