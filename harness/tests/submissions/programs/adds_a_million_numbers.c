/*
 * Outcome: failed
 * Body: none
 * A sum that the compiler reads as deep as it is long.
 */
#define A(x) x x x x x x x x x x
long sum(void) { return A(A(A(A(A(A(1+)))))) 1; }
