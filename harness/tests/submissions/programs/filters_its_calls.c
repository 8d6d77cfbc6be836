/*
 * Outcome: cannot-judge
 * Body: calls
 * The kernel is to forbid calls that the judges make in its process.
 */
int seccomp(unsigned, unsigned, void *);
static void trick(void) { seccomp(1, 0, 0); }
