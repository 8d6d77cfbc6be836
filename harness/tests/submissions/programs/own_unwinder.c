/*
 * Outcome: tampered
 * Body: racy
 * A function of the compiler's library, which who reports a crash would call.
 */
int _Unwind_Backtrace(int (*look)(void *, void *), void *of);
int _Unwind_Backtrace(int (*look)(void *, void *), void *of)
{
	(void)look, (void)of;
	return 0;
}
