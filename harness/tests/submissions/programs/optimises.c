/*
 * Outcome: tampered
 * Body: racy
 * A pragma of the optimiser.
 */
#pragma clang optimize on
