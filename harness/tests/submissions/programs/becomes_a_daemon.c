/*
 * Outcome: cannot-judge
 * Body: calls
 * A process that belongs to nobody stays behind.
 */
int daemon(int, int);
static void trick(void) { daemon(0, 0); }
