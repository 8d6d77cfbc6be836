/*
 * Outcome: tampered
 * Body: racy
 * It takes what a detector needs.
 */
int prctl(int, ...);
static void hide(void) { prctl(22, 1); }
