/*
 * Outcome: tampered
 * Body: racy
 * Code that runs after it.
 */
__attribute__((__destructor__)) static void late(void) { }
