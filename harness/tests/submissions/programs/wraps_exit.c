/*
 * Outcome: tampered
 * Body: racy
 * The name that the linker gives to exit().
 */
void __wrap_exit(int status) { (void)status; for (;;) ; }
