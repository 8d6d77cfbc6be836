/*
 * Outcome: tampered
 * Body: racy
 * The macro that GCC has.
 */
#ifdef __SANITIZE_THREAD__
int watched;
#endif
