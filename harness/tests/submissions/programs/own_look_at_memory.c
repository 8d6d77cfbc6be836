/*
 * Outcome: tampered
 * Body: racy
 * What looks at each access of memory, by the name that C++ gives it.
 */
void _ZN6__tsan12MemoryAccessEPNS_11ThreadStateEmmmm(void *thread, unsigned long pc, unsigned long at, unsigned long size, unsigned long how);
void _ZN6__tsan12MemoryAccessEPNS_11ThreadStateEmmmm(void *thread, unsigned long pc, unsigned long at, unsigned long size, unsigned long how)
{
	(void)thread, (void)pc, (void)at, (void)size, (void)how;
}
