/*
 * Outcome: cannot-judge
 * Body: racy
 * The same where the linker makes one of two.
 */
int told __attribute__((common));
