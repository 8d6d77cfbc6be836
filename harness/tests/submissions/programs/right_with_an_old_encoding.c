/*
 * Outcome: passed
 * Body: right
 * A comment in Latin-1.
 */
/* für zwei */
