/*
 * Outcome: failed
 * Body: racy
 * Nothing orders the two threads that count.
 */
