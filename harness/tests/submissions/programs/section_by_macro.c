/*
 * Outcome: tampered
 * Body: racy
 * The same, by a macro.
 */
#define IN __attribute__
IN((section(".init_array"))) static void (*const early)(void) = 0;
void *keep(void) { return (void *)&early; }
