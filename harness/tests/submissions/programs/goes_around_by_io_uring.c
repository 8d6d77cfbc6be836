/*
 * Outcome: cannot-judge
 * Body: calls
 * Calls of the kernel that nobody sees who looks at calls.
 */
int io_uring_setup(unsigned, void *);
static void trick(void) { io_uring_setup(1, 0); }
