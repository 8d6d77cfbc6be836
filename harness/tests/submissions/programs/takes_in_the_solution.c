/*
 * Outcome: tampered
 * Body: racy
 * Ours stands two folders up.
 */
#include "../../../solutions/02-ownership/implicit-contract/line.c"
