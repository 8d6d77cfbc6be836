/*
 * Outcome: cannot-judge
 * Body: calls
 * Without memory no detector goes on.
 */
struct rlimit;
int setrlimit(int, const void *);
static void trick(void)
{
	static const unsigned long few[2] = {1, 1};

	setrlimit(9, few);
}
