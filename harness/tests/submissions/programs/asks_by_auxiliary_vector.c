/*
 * Outcome: cannot-judge
 * Body: racy
 * What the kernel has told the process.
 */
unsigned long getauxval(unsigned long);
int watched(void) { return getauxval(31) != 0; }
