/*
 * Outcome: tampered
 * Body: racy
 * A weak definition, which the linker may exchange.
 */
__attribute__((weak)) void line_count(void);
