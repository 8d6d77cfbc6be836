/*
 * Outcome: tampered
 * Body: racy
 * What the kernel says of the compiler.
 */
#include </proc/self/environ>
