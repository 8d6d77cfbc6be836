/*
 * Outcome: failed
 * Body: none
 * Millions of steps of the preprocessor's arithmetic.
 */
#define A(x) x x x x x x x x x x
#define P +1
#if 0 A(A(A(A(A(A(A(P)))))))
#endif
