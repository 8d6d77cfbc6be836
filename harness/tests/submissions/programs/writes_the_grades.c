/*
 * Outcome: cannot-judge
 * Body: calls
 * The results are rewritten.
 */
#include <stdio.h>
static void trick(void)
{
	FILE *grades = fopen("/tmp/../grades/grades.csv", "w");

	if (grades)
		fclose(grades);
}
