/*
 * Outcome: tampered
 * Body: racy
 * ThreadSanitizer leaves out what stands in another address space.
 */
typedef long __attribute__((address_space(1))) far_long;
static inline void hide(void *at) { *(far_long *)at = 1; }
