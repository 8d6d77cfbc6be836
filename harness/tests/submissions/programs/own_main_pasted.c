/*
 * Outcome: tampered
 * Body: racy
 * The same with a pasted name.
 */
#define PASTE(a, b) a##b
int PASTE(ma, in)(void) { return 0; }
