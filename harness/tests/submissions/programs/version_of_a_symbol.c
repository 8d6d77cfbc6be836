/*
 * Outcome: cannot-judge
 * Body: racy
 * A name with a version, by an attribute.
 */
__attribute__((__symver__("line_count@@GLIBC_2.2.5"))) void other(void) { }
