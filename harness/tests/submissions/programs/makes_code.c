/*
 * Outcome: tampered
 * Body: racy
 * Memory that is written and then run.
 */
int mprotect(void *, unsigned long, int);
static void hide(void *at) { mprotect(at, 4096, 7); }
