/*
 * Outcome: tampered
 * Body: racy
 * Code in a section of its own.
 */
__attribute__((section(".mine"))) static void hidden(void) { }
