/*
 * Outcome: tampered
 * Body: racy
 * The path begins where it may.
 */
#include "kit/../../solutions/02-ownership/implicit-contract/line.c"
