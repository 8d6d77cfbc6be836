/*
 * Outcome: cannot-judge
 * Body: racy
 * The address of the caller tells who has called.
 */
int watched(void) { return (long)__builtin_return_address(0) & 1; }
