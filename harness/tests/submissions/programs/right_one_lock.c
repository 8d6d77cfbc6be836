/*
 * Outcome: passed
 * Body: right
 * One lock guards the count, and both threads are joined.
 */
