/*
 * Outcome: failed
 * Body: none
 * A pointer to a pointer, fifty thousand times.
 */
#define A(x) x x x x x x x x x x
int A(A(A(A(*****))))a;
