/*
 * Outcome: failed
 * Body: racy
 * An object larger than a file may be.
 */
static char large[1l << 40] = {1};
char *kept(void) { return large; }
