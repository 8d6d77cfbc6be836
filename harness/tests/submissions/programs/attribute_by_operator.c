/*
 * Outcome: tampered
 * Body: racy
 * The same by the operator that makes a pragma.
 */
_Pragma("clang attribute push(__attribute__((no_sanitize(\"thread\"))), apply_to = function)")
