/*
 * Outcome: passed
 * Body: right
 * A warning that its author knows is switched off.
 */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
static int nobody_asks(void)
{
	return 0;
}
#pragma clang diagnostic pop
#pragma region the answer
#pragma endregion
