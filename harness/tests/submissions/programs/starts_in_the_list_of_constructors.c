/*
 * Outcome: tampered
 * Body: racy
 * The address of a function stands in the list of what runs before main().
 */
static void early(void) { }
__attribute__((section(".init_array"))) static void (*const begins)(void) = early;
