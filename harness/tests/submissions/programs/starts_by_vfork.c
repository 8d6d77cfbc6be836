/*
 * Outcome: tampered
 * Body: racy
 * A child that shares the memory.
 */
int vfork(void);
void child(void)
{
	if (vfork() == 0)
		for (;;)
			;
}
