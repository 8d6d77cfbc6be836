/*
 * Outcome: cannot-judge
 * Body: calls
 * What is loaded beside it tells who looks on.
 */
int dl_iterate_phdr(int (*)(void *, unsigned long, void *), void *);
static int look(void *a, unsigned long b, void *c) { return a && b && c; }
static void trick(void) { dl_iterate_phdr(look, 0); }
