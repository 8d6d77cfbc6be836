/*
 * Outcome: failed
 * Body: none
 * An else after an else, a hundred thousand times.
 */
#define A(x) x x x x x x x x x x
int f(int a) { A(A(A(A(A(if (a) return a; else))))) return 0; }
