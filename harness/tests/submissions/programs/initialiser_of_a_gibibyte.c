/*
 * Outcome: cannot-judge
 * Body: none
 * An array of a gibibyte that begins with a one.
 */
char huge[1ul << 30] = {1};
