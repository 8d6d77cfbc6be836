/*
 * Outcome: tampered
 * Body: racy
 * The same with a pasted name.
 */
#define PASTE(a, b) a##b
__attribute__((PASTE(const, ructor))) static void early(void) { }
