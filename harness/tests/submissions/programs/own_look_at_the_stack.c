/*
 * Outcome: failed
 * Body: racy
 * A function that the runtime calls where a program has one, and calls before main().
 */
int real_pthread_attr_getstack(void *how, void **at, unsigned long *size);
int real_pthread_attr_getstack(void *how, void **at, unsigned long *size)
{
	(void)how;
	*at = 0;
	*size = 0;
	return 1;
}
int real_clock_gettime(unsigned which, void *time);
int real_clock_gettime(unsigned which, void *time)
{
	(void)which, (void)time;
	return 0;
}
