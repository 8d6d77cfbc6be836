/*
 * Outcome: cannot-judge
 * Body: none
 * One line becomes sixteen million.
 */
#define A(x) x x x x x x x x x x x x x x x x
#define B(x) A(A(A(A(x))))
#include "line.h"
static const char *big[] = {B(B("")) "x", 0};

void line_count(void)
{
	big[0] = "";
}
