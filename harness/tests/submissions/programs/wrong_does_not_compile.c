/*
 * Outcome: failed
 * Body: racy
 * A bracket is missing.
 */
static int oops(
