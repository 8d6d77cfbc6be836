/*
 * Outcome: tampered
 * Body: racy
 * The function that a failed assertion calls.
 */
void criterion_send_assert(void *stats) { (void)stats; }
