/*
 * Outcome: tampered
 * Body: racy
 * A vector is larger than what ThreadSanitizer is told of.
 */
typedef long wide __attribute__((vector_size(32)));
static wide hidden;
