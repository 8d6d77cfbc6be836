/*
 * Outcome: failed
 * Body: none
 * Blocks in blocks, a hundred thousand times.
 */
#define A(x) x x x x x x x x x x
void f(void) { A(A(A(A(A({))))) }
