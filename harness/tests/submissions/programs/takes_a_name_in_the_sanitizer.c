/*
 * Outcome: tampered
 * Body: calls
 * Another name of the language for a detector's own: what stands in the object is a call to it.
 */
void (*ignore)(void);
void unseen(void) __attribute__((alias("kept")));
static void trick(void)
{
	if (ignore)
		ignore();
}
void kept(void)
{
}
