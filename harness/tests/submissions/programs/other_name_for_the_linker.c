/*
 * Outcome: tampered
 * Body: racy
 * A function has another name for the linker.
 */
long hidden(long, ...) __asm__("syscall");
