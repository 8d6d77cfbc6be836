/*
 * Outcome: cannot-judge
 * Body: calls
 * The folder of the results.
 */
#include <fcntl.h>
static void trick(void)
{
	open("../../../grades/grades.csv", O_RDWR);
}
