/*
 * Outcome: cannot-judge
 * Body: calls
 * What is judged next may open and write nothing.
 */
int setrlimit(int, const unsigned long *);
static void trick(void)
{
	static const unsigned long none[2];

	setrlimit(7, none);
	setrlimit(1, none);
}
