/*
 * Outcome: tampered
 * Body: racy
 * A name of the library that runs the tests.
 */
extern int loose_test_sections[];
void hide(void) { loose_test_sections[0] = 0; }
