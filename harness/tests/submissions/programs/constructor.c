/*
 * Outcome: tampered
 * Body: racy
 * Code that runs before main().
 */
__attribute__((constructor)) static void early(void) { }
