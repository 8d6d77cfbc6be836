/*
 * Outcome: tampered
 * Body: racy
 * The attribute as the next C writes it.
 */
[[clang::no_sanitize("thread")]] static void hidden(void) { }
