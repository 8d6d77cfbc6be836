/*
 * Outcome: cannot-judge
 * Body: racy
 * The processor's clock tells who runs slowly.
 */
static inline unsigned long long now(void) { return __builtin_ia32_rdtsc(); }
