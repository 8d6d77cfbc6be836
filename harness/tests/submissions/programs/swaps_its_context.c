/*
 * Outcome: cannot-judge
 * Body: calls
 * A thread that jumps to where another has been.
 */
int getcontext(void *);
int setcontext(const void *);
static char context[2048];
static void trick(void) { getcontext(context); setcontext(context); }
