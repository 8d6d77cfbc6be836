/*
 * Outcome: tampered
 * Body: racy
 * The C library's own functions, past the detectors.
 */
void *dlsym(void *, const char *);
static void *hide(void) { return dlsym((void *)-1l, "write"); }
