/*
 * Outcome: tampered
 * Body: racy
 * A function without a beginning, of assembly.
 */
__attribute__((naked)) static void hidden(void);
