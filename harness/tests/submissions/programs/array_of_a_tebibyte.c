/*
 * Outcome: failed
 * Body: racy
 * More memory than any machine has, of which nothing is used.
 */
char huge[1ul << 40];
