/*
 * Outcome: passed
 * Body: right
 * Functions and variables of its own have names that others have too, and a question ends with two marks.
 */
/* really??! */
static int cr_left, loose_ends;

static void kill(int what)
{
	cr_left = what;
}

static void fork(void)
{
	kill(loose_ends);
}

void dine(void)
{
	fork();
}
