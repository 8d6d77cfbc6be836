/*
 * Outcome: cannot-judge
 * Body: racy
 * A function that libraries would find before their own.
 */
__attribute__((visibility("default"))) int nn_close(int wire) { return wire; }
