/*
 * Outcome: tampered
 * Body: racy
 * Nobody is to look into its memory.
 */
int prctl(int, ...);
void close_up(void) { prctl(4, 0); }
