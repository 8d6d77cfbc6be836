/*
 * Outcome: cannot-judge
 * Body: racy
 * A function of the kit that tests call to meet the unlucky moment, and no answer: the linker would take this one.
 */
void schedule_await_blocked(unsigned count);
void schedule_await_blocked(unsigned count)
{
	(void)count;
}
