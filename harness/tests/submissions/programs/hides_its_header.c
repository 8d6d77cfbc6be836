/*
 * Outcome: failed
 * Body: racy
 * The header is there, and empty.
 */
#define LINE_H
