/*
 * Outcome: cannot-judge
 * Body: calls
 * All descriptors but three, by one call.
 */
int close_range(unsigned, unsigned, int);
static void trick(void) { close_range(3, ~0u, 0); }
