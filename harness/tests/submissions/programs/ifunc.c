/*
 * Outcome: tampered
 * Body: racy
 * A function that is chosen before anything runs.
 */
static void quiet(void) { }
static void *choose(void) { return (void *)quiet; }
void chosen(void) __attribute__((ifunc("choose")));
