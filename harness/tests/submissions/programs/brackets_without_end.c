/*
 * Outcome: failed
 * Body: none
 * Brackets in brackets, a hundred thousand times.
 */
#define A(x) x x x x x x x x x x
int a = A(A(A(A(A(()))))) 1;
