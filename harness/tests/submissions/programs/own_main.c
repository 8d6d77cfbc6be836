/*
 * Outcome: tampered
 * Body: racy
 * A main() that says all is well.
 */
int main(void) { return 0; }
