/*
 * Outcome: failed
 * Body: calls
 * Deeper than any stack.
 */
static int deeper(volatile int *level)
{
	int here = *level + 1;

	return here > 0 ? deeper(&here) + *level : 0;
}
static void trick(void)
{
	int level = 0;

	deeper(&level);
}
