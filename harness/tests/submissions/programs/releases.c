/*
 * Outcome: tampered
 * Body: racy
 * A call that tells the runtime of an order that is none.
 */
void __tsan_release(void *);
void __tsan_acquire(void *);
static void hide(void *at) { __tsan_release(at); __tsan_acquire(at); }
