/*
 * Outcome: tampered
 * Body: racy
 * To the compiler a carriage return ends a comment.
 */
// #include "test.c"
