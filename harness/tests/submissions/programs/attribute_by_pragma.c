/*
 * Outcome: tampered
 * Body: racy
 * A pragma gives the attribute to each function.
 */
#pragma clang attribute push(__attribute__((no_sanitize("thread"))), apply_to = function)
