/*
 * Outcome: tampered
 * Body: racy
 * A test of its own that passes.
 */
#define Test_of(x) x
void cr_redirect_stdout(void);
static void hide(void) { cr_redirect_stdout(); }
