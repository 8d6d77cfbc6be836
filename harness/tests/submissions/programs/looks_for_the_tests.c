/*
 * Outcome: cannot-judge
 * Body: racy
 * The bounds of the section in which the tests are named.
 */
extern void *__start_cr_tst[];
static void *hide(void) { return __start_cr_tst[0]; }
void *kept(void) { return hide(); }
