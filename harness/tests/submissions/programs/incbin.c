/*
 * Outcome: tampered
 * Body: racy
 * The assembler takes in a file that may not be read.
 */
__asm__(".incbin \"/etc/shadow\"");
