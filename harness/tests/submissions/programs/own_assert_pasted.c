/*
 * Outcome: tampered
 * Body: racy
 * The same with a pasted name.
 */
#define PASTE(a, b) a##b
void PASTE(crit, erion_send_assert)(void *stats) { (void)stats; }
