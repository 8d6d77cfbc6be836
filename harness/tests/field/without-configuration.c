/* Says on standard error why it cannot begin, and returns 3; no thread was started. A usual beginner's program. */
#include <stdio.h>

int main(void)
{
	fprintf(stderr, "fatal: there is no configuration\n");
	return 3;
}
