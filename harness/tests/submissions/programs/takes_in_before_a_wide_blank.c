/*
 * Outcome: tampered
 * Body: racy
 * A blank of another script stands where a word would end the directive.
 */
 #include "test.c"
