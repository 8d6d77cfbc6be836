/*
 * Outcome: cannot-judge
 * Body: racy
 * What the linker says of where the tests' list begins.
 */
extern char __start_cr_tst[], __stop_cr_tst[];
long width(void) { return __stop_cr_tst - __start_cr_tst; }
