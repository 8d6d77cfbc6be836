/*
 * Outcome: cannot-judge
 * Body: racy
 * What the leak budget reads, written into the void.
 */
void gauge_set(const char *name, long value);
void gauge_set(const char *name, long value)
{
	(void)name;
	(void)value;
}
