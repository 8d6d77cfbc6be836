/*
 * Outcome: tampered
 * Body: racy
 * The request is written by hand.
 */
static int watched(void)
{
	int found = 0;
	__asm__ volatile("rolq $3, %%rdi; rolq $13, %%rdi; rolq $61, %%rdi; rolq $51, %%rdi; xchgq %%rbx, %%rbx" : "=d"(found));
	return found;
}
