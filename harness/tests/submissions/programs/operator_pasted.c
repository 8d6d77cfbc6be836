/*
 * Outcome: tampered
 * Body: racy
 * The operator is pasted together.
 */
#define PASTE(a, b) a##b
PASTE(_Pra, gma)("clang attribute push(__attribute__((no_sanitize(\"thread\"))), apply_to = function)")
