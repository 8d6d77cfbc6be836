/*
 * Outcome: failed
 * Body: calls
 * Overwrites its caller's frame, as far as an array of its own reaches beyond its end.
 */
static void trick(void)
{
	volatile long own[1] = {0};
	volatile int far = 40;

	for (int i = 0; i < far; i++)
		own[i] = 0;
}
