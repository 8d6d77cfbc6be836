/*
 * Outcome: tampered
 * Body: racy
 * A function of assembly beside the others.
 */
__asm__(".globl quiet\nquiet: ret\n");
