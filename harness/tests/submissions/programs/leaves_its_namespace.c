/*
 * Outcome: cannot-judge
 * Body: calls
 * It makes itself another view of the machine.
 */
int unshare(int);
int setns(int, int);
static void trick(void) { unshare(0x10000000); setns(3, 0); }
