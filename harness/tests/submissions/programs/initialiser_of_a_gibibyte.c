/*
 * Outcome: cannot-judge/failed
 * Body: none
 * An array of a gibibyte that begins with a one. clang 14 comes to the limit of
 * memory, of which nobody knows whose fault it is; clang 19 to that of a file's size.
 */
char huge[1ul << 30] = {1};
