/*
 * Outcome: cannot-judge
 * Body: calls
 * A variable of the C library's has the name of who is run.
 */
extern char *program_invocation_name;
char first;
static void trick(void) { first = *program_invocation_name; }
