/*
 * Outcome: tampered
 * Body: racy
 * A test in the section where the runner looks for them.
 */
static int nothing;
__attribute__((section("cr_tst"), used)) static void *const more = &nothing;
